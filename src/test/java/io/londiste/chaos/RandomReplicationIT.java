package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.TableName;
import io.londiste.demo.DemoCompare;
import io.londiste.test.Db;
import io.londiste.test.ReplicationFixture;
import io.londiste.test.TcpProxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many clients write to the provider at random while tables are added, removed and copied again, and a client reads the
 * subscriber all the time. In the first run both servers are near; in each other one of them is far away, the provider and
 * the subscriber in turn. {@code -Dchaos.seed} repeats a run as far as the servers' timing allows,
 * {@code -Dchaos.transactions} and {@code -Dchaos.runs} make it longer.
 */
class RandomReplicationIT extends ReplicationFixture {
    private static final Logger LOG = LoggerFactory.getLogger(RandomReplicationIT.class);
    private static final int WRITERS = 6;

    private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
    private static final int TRANSACTIONS = Integer.getInteger("chaos.transactions", 300);
    private static final int RUNS = Integer.getInteger("chaos.runs", 2);

    /** Where a server is far away, a run of the same time has so many times fewer transactions. */
    private static final int FAR_FEWER = 5;

    private static final Duration FAR = Duration.ofMillis(20);

    private final Random random = new Random(SEED);
    private final AtomicLong committed = new AtomicLong();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void install() {
        onBoth(Bank.SCHEMA);
        provider.sql(Bank.ROWS);
        job.with("parallel_copies", "3");
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    static IntStream runs() {
        return IntStream.rangeClosed(1, RUNS);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void whateverHappensTheSubscriberShowsWhatTheProviderHad(int run) throws Exception {
        LOG.info("-Dchaos.seed={} -Dchaos.transactions={} -Dchaos.runs={}, run {}", SEED, TRANSACTIONS, RUNS, run);
        long seed = SEED + run;
        boolean far = run > 1;
        int transactions = far ? TRANSACTIONS / FAR_FEWER : TRANSACTIONS;
        TcpProxy way = far ? moveAway(seed % 2 == 0) : null;
        job.start();
        BankReader reader = new BankReader(subscriber.dataSource());
        Future<Void> reading = threads.submit(reader);
        if (far) { // among clients it takes most of so short a run
            Bank.TABLES.forEach(this::add);
        }
        List<Future<Void>> writing = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writing.add(threads.submit(new BankWriter(provider.dataSource(), i, transactions, seed, committed)));
        }
        if (!far) {
            Bank.TABLES.forEach(this::add);
        }

        int changes = 0;
        while (writing.stream().anyMatch(writer -> !writer.isDone()) && !reading.isDone()) {
            change();
            changes++;
        }
        for (Future<Void> writer : writing) {
            writer.get();
        }
        job.awaitOk().awaitReplay();
        Awaitility.await("foreign keys are back")
                .until(() -> subscriber.number("select count(*) from londiste.subscriber_pending_fkeys") == 0);
        reader.enough();
        reading.get();
        LOG.info(
                "{} transactions committed, tables changed {} times, {}, checks {}",
                committed,
                changes,
                job.running().status().total(),
                reader.checked());

        assertThat(way == null || way.roundTrips() > 0).as("it was far away").isTrue();
        assertThat(differences()).as("seed %d", seed).isEmpty();
        assertThat(job.running().status().total().unexpected())
                .as("rows that were not as expected, seed %d", seed)
                .isZero();
        assertThat(reader.checked()).as("each rule was checked").hasSize(6);
        assertThat(leftOvers()).as("seed %d", seed).isEmpty();
    }

    /** Everything between the job and a server takes its time from now on. */
    private TcpProxy moveAway(boolean isProvider) {
        Db db = isProvider ? provider : subscriber;
        TcpProxy proxy = db.proxy();
        proxy.delay(FAR);
        String key = isProvider ? "provider_db" : "subscriber_db";
        job.with(key, db.libpq(proxy));
        LOG.info("{} is far away", key);
        return proxy;
    }

    private List<String> differences() throws SQLException {
        return new DemoCompare(provider.dataSource(), subscriber.dataSource())
                .differences(Bank.TABLES.stream().map(TableName::parse).toList());
    }

    /** What copies have not removed. */
    private List<String> leftOvers() {
        List<String> found = new ArrayList<>(provider.rows("select co_name from pgq.consumer where co_name <> 'job'"));
        found.addAll(subscriber.rows("select consumer_id from londiste.completed where consumer_id <> 'job'"));
        return found;
    }

    /** Removes a table and adds it again, or starts a resync of one or two. */
    private void change() {
        String table = Bank.TABLES.get(random.nextInt(Bank.TABLES.size()));
        if (random.nextInt(3) == 0) {
            remove(table);
            add(table);
        } else {
            resync(table, Bank.TABLES.get(random.nextInt(Bank.TABLES.size())));
        }
        if (random.nextInt(3) > 0) {
            job.awaitOk();
        }
    }

    private void add(String table) {
        amongClients("provider_add_table", table);
        job.add(table);
    }

    /** Returns when the provider's change of its tables has reached the subscriber. */
    private void remove(String table) {
        job.awaitOk();
        amongClients("provider_remove_table", table);
        Awaitility.await(table + " is removed")
                .until(() -> subscriber.number(
                                "select count(*) from londiste.subscriber_table where table_name = '" + table + "'")
                        == 0);
    }

    /** Clients lock tables in any order, a partition before its root as well; an operator would try again as here. */
    private void amongClients(String function, String table) {
        Awaitility.await("no deadlock with clients").ignoreExceptions().until(() -> {
            provider.sql("set deadlock_timeout = '100 ms'; select londiste." + function + "('queue', '" + table + "')");
            return true;
        });
    }

    private void resync(String... tables) {
        subscriber.sql("select londiste.lock_tables('queue', true)"
                + "; update londiste.subscriber_table set merge_state = null, reason = null where table_name in ('"
                + String.join("', '", tables) + "')");
    }
}
