package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.TableName;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.demo.DemoCompare;
import io.londiste.demo.PgCluster;
import io.londiste.demo.PgCluster.Stop;
import io.londiste.demo.Shop;
import io.londiste.demo.ShopLoad;
import io.londiste.provider.Provider;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Subscriber;
import io.londiste.table.Selection;
import io.londiste.test.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replay is killed again and again, at whatever it is doing, while clients write and tables are copied; servers crash
 * and connections break. Nothing is repaired by hand. {@code -Dchaos.seed} repeats what is done when, {@code -Dchaos.kills}
 * makes the run longer.
 */
class KillIT {
    private static final Logger LOG = LoggerFactory.getLogger(KillIT.class);
    private static final Map<String, String> SETTINGS =
            Map.of("fsync", "off", "full_page_writes", "off", "max_connections", "80", "shared_buffers", "64MB");

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final int kills = Integer.getInteger("chaos.kills", 10);
    private final Random random = new Random(seed);

    @TempDir
    private Path directory;

    private PgCluster provider;
    private PgCluster subscriber;
    private TcpProxy toProvider;
    private TcpProxy toSubscriber;
    private Settings settings;
    private DaemonProcess replay;
    private List<TableName> tables;

    @BeforeEach
    void install() throws IOException, SQLException {
        provider = PgCluster.open(15, SETTINGS);
        subscriber = PgCluster.open(18, SETTINGS);
        toProvider = new TcpProxy("127.0.0.1", provider.port());
        toSubscriber = new TcpProxy("127.0.0.1", subscriber.port());
        settings = Settings.of(
                Section.LONDISTE,
                Map.of(
                        "job_name",
                        "job",
                        "pgq_queue_name",
                        "queue",
                        "provider_db",
                        provider.libpq("postgres"),
                        "subscriber_db",
                        subscriber.libpq("postgres")));
        Path ini = Files.writeString(directory.resolve("conf.ini"), """
                [londiste]
                job_name = job
                pgq_queue_name = queue
                provider_db = %s
                subscriber_db = %s
                embedded_ticker = 1
                parallel_copies = 3
                loop_delay = 0.2
                """.formatted(
                        through(toProvider, provider), through(toSubscriber, subscriber)));
        replay = DaemonProcess.replay(ini);

        Shop.create(providerDb());
        Shop.fill(providerDb());
        Shop.create(subscriberDb());
        tables = Shop.tables(providerDb());
        new Provider(settings, providerDb()).install();
        new Subscriber(settings, providerDb(), subscriberDb()).install();
        sql(providerDb(), "select pgq.set_queue_config('queue', 'ticker_max_lag', '100 ms')");
        List<String> names = tables.stream().map(TableName::toString).toList();
        new Provider(settings, providerDb()).add(Selection.of(names));
        new Subscriber(settings, providerDb(), subscriberDb()).add(Selection.of(names), AddOptions.NONE);
    }

    @AfterEach
    void end() throws IOException {
        if (replay != null) {
            replay.close();
        }
        for (AutoCloseable closing : new AutoCloseable[] {toProvider, toSubscriber, subscriber, provider}) {
            try {
                if (closing != null) {
                    closing.close();
                }
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    @Test
    void howeverOftenItIsKilledNothingIsLostAndNothingIsLeft() throws Exception {
        LOG.info("-Dchaos.seed={} -Dchaos.kills={}", seed, kills);
        String foreignKeys =
                "select string_agg(conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid), ', '"
                        + " order by conrelid::regclass::text, conname) from pg_constraint where contype = 'f' and conparentid = 0"
                        + " and connamespace = 'shop'::regnamespace";
        long begun = System.nanoTime();
        try (ShopLoad load = new ShopLoad(providerDb(), 4, 60, seed)) {
            load.start();
            for (int i = 0; i < kills; i++) {
                replay.start();
                if (random.nextInt(4) > 0) {
                    replay.awaitStart();
                }
                replay.run(random.nextInt(i % 4 == 3 ? 5000 : 1500));
                for (int n = random.nextInt(3); n > 0; n--) {
                    happen(i);
                    replay.run(random.nextInt(800));
                }
                replay.kill();
            }
            replay.start();
            replay.awaitStart();
            load.stop();
            assertThat(load.failure()).isEmpty();
            LOG.info(
                    "{} transactions, {} rolled back, in {} s",
                    load.committed(),
                    load.rolledBack(),
                    (System.nanoTime() - begun) / 1_000_000_000);
        }
        awaitCalm();
        LOG.info("calm after {} s", (System.nanoTime() - begun) / 1_000_000_000);

        assertThat(new DemoCompare(providerDb(), subscriberDb()).differences(tables))
                .as("seed %d", seed)
                .isEmpty();
        assertThat(sql(subscriberDb(), foreignKeys)).as("foreign keys").isEqualTo(sql(providerDb(), foreignKeys));
        assertThat(replay.log()).as("seed %d", seed).noneMatch(line -> line.contains("not as expected"));
    }

    /** One of the things that happen to a replay between two kills. */
    private void happen(int round) throws IOException, SQLException {
        switch (random.nextInt(round % 5 == 4 ? 12 : 9)) {
            case 0, 1, 2, 3 -> resync();
            case 4 -> toProvider.cut();
            case 5 -> toSubscriber.cut();
            case 6, 7 -> toSubscriber.swallowAnswerTo("COMMIT");
            case 8 -> toProvider.swallowAnswerTo("finish_batch");
            case 9, 10 -> subscriber.restart(Stop.IMMEDIATE);
            default -> provider.restart(Stop.IMMEDIATE);
        }
    }

    /** Starts a resync of one or two tables. */
    private void resync() throws SQLException {
        for (int n = random.nextInt(3); n >= 0; n--) {
            TableName table = tables.get(random.nextInt(tables.size()));
            sql(
                    subscriberDb(),
                    "select londiste.lock_tables('queue', true); update londiste.subscriber_table"
                            + " set merge_state = null, reason = null where table_name = '"
                            + table.toString().replace("'", "''") + "'");
        }
    }

    private void awaitCalm() throws SQLException {
        long after = Long.parseLong(sql(providerDb(), "select txid_current()"));
        sql(providerDb(), "select pgq.force_tick('queue')");
        AtomicReference<List<String>> left = new AtomicReference<>(List.of());
        try {
            Awaitility.await().pollInterval(Duration.ofMillis(100)).until(() -> {
                List<String> now = restless(after);
                left.set(now);
                return now.isEmpty();
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("seed " + seed + ": " + left + "\n" + String.join("\n", replay.complaints()), e);
        }
    }

    /** What is still missing until both sides are equal and nothing is pending. */
    private List<String> restless(long transaction) throws SQLException {
        List<String> found = new ArrayList<>();
        String tick = sql(
                providerDb(),
                "select min(tick_id) from pgq.tick where txid_visible_in_snapshot(" + transaction + ", tick_snapshot)");
        found.add(tick == null ? "no tick yet" : null);
        found.add(
                sql(
                        subscriberDb(),
                        "select string_agg(table_name || ' ' || coalesce(merge_state, 'NEW') || coalesce(' ' || reason, ''), ', ')"
                                + " from londiste.subscriber_table where merge_state is distinct from 'ok' or reason is not null"));
        found.add(sql(providerDb(), "select string_agg(co_name, ', ') from pgq.consumer where co_name <> 'job'"));
        found.add(sql(
                subscriberDb(),
                "select string_agg(consumer_id, ', ') from londiste.completed where consumer_id <> 'job'"));
        found.add(sql(subscriberDb(), "select string_agg(fkey_name, ', ') from londiste.subscriber_pending_fkeys"));
        found.add(sql(
                subscriberDb(),
                "select 'replay at ' || last_tick_id from londiste.completed where consumer_id = 'job' and last_tick_id < "
                        + tick));
        found.removeIf(text -> text == null);
        return found;
    }

    private static String through(TcpProxy proxy, PgCluster cluster) {
        return cluster.libpq("postgres").replace("port=" + cluster.port(), "port=" + proxy.port());
    }

    private DataSource providerDb() {
        return settings.providerDb().dataSource("test");
    }

    private DataSource subscriberDb() {
        return settings.subscriberDb().dataSource("test");
    }

    /** Runs statements in one transaction; returns the first value of the last one's result, null if there is none. */
    private static String sql(DataSource database, String statements) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(statements);
            String value = null;
            while (rows || statement.getUpdateCount() >= 0) {
                if (rows) {
                    try (ResultSet row = statement.getResultSet()) {
                        value = row.next() ? row.getString(1) : null;
                    }
                }
                rows = statement.getMoreResults();
            }
            return value;
        }
    }
}
