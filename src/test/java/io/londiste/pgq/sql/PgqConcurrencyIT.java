package io.londiste.pgq.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many at once: whatever writers, tickers and rotation do to each other, a consumer gets every event of a committed
 * transaction once, and no other.
 */
@ParameterizedClass
@EnumSource
class PgqConcurrencyIT extends PgqSuite {
    private static final int WRITERS = 6;
    private static final int TRANSACTIONS = 40;

    private final AtomicBoolean writing = new AtomicBoolean();
    private ExecutorService threads;

    @BeforeEach
    void start() {
        threads = Executors.newCachedThreadPool();
        writing.set(true);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void nothingIsLostAndNothingComesTwice() throws Exception {
        var queue = queueFor("reader");
        configure(queue, "ticker_max_count", "1");
        configure(queue, "ticker_max_lag", "1 ms");
        configure(queue, "rotation_period", "0 s");

        long unrotated = lastRotation(queue);
        var writers = new ArrayList<Future<List<Long>>>();
        for (int i = 0; i < WRITERS; i++) {
            var random = new Random(i);
            writers.add(background(connection -> write(connection, queue, random)));
        }
        var others = new ArrayList<Future<?>>();
        others.add(background(connection -> tick(connection, queue)));
        if (pgq.ours()) {
            // the original allows one ticker, and no tick of anybody else's
            others.add(background(connection -> tick(connection, queue)));
            others.add(background(connection -> tickWithOwnSnapshot(connection, queue)));
            others.add(background(connection -> rotate(connection, queue)));
        }
        var reader = background(connection -> readWhileWriting(connection, queue));

        var committed = new ArrayList<Long>();
        for (var writer : writers) {
            committed.addAll(writer.get());
        }
        writing.set(false);
        for (var other : others) {
            other.get();
        }
        var received = reader.get();
        tick(queue);
        tick(queue);
        try (var connection = db.connect()) {
            readAll(connection, queue, received);
        }

        assertThat(received).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(committed);
        assertThat(lastRotation(queue) > unrotated)
                .as("the tables were rotated meanwhile")
                .isEqualTo(pgq.ours());
    }

    /** The transaction that rotated the queue's tables last. */
    private long lastRotation(String queue) {
        return number("select queue_switch_step1 from pgq.queue where queue_name = ?", queue);
    }

    /** Writes transactions of all kinds and returns the ids of the events that were committed. */
    private List<Long> write(Connection connection, String queue, Random random) throws SQLException {
        var committed = new ArrayList<Long>();
        var insert = "select pgq.insert_event('" + queue + "', 't', 'd')";
        connection.setAutoCommit(false);
        for (int i = 0; i < TRANSACTIONS; i++) {
            var mine = new ArrayList<Long>();
            try (var statement = connection.createStatement()) {
                if (random.nextInt(5) == 0) {
                    statement.execute("set transaction isolation level repeatable read");
                    number(statement, "select count(*) from pgq.queue");
                    pause(statement, random, 30);
                }
                for (int events = 1 + random.nextInt(4); events > 0; events--) {
                    mine.add(number(statement, insert));
                    if (random.nextInt(5) == 0) {
                        statement.execute("savepoint s");
                        number(statement, insert);
                        statement.execute("rollback to s");
                    }
                    pause(statement, random, random.nextInt(10) == 0 ? 60 : 4);
                }
                if (random.nextInt(5) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    committed.addAll(mine);
                }
            }
        }
        return committed;
    }

    private Void tick(Connection connection, String queue) throws SQLException {
        try (var statement = connection.createStatement()) {
            while (writing.get()) {
                statement.execute("select pgq.ticker('" + queue + "')");
                statement.execute("select pg_sleep(0.002)");
            }
        }
        return null;
    }

    /** As a copy does it: ticks are held back before the snapshot is taken that becomes a tick. */
    private Void tickWithOwnSnapshot(Connection connection, String queue) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            while (writing.get()) {
                statement.execute("set transaction isolation level repeatable read");
                statement.execute("lock table pgq.tick in share row exclusive mode");
                statement.execute("""
                        insert into pgq.tick (tick_queue, tick_id, tick_time, tick_event_seq)
                        select queue_id, nextval(queue_tick_seq::regclass), clock_timestamp(),
                               (select tick_event_seq from pgq.tick where tick_queue = queue_id order by tick_id desc limit 1)
                        from pgq.queue where queue_name = '%s'""".formatted(queue));
                connection.commit();
                statement.execute("select pg_sleep(0.02)");
                connection.commit();
            }
        }
        return null;
    }

    private Void rotate(Connection connection, String queue) throws SQLException {
        try (var statement = connection.createStatement()) {
            while (writing.get()) {
                statement.execute("select pgq.maint_rotate_tables_step1('" + queue + "')");
                statement.execute("select pgq.maint_rotate_tables_step2()");
                statement.execute("select pg_sleep(0.01)");
            }
        }
        return null;
    }

    private List<Long> readWhileWriting(Connection connection, String queue) throws SQLException {
        var received = new ArrayList<Long>();
        while (writing.get()) {
            readAll(connection, queue, received);
        }
        return received;
    }

    private void readAll(Connection connection, String queue, List<Long> received) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (long batch = next(statement, queue); batch > 0; batch = next(statement, queue)) {
                var events = new ArrayList<Long>();
                try (var rows = statement.executeQuery("select ev_id from pgq.get_batch_events(" + batch + ")")) {
                    while (rows.next()) {
                        events.add(rows.getLong(1));
                    }
                }
                assertThat(events).isSorted();
                received.addAll(events);
                statement.execute("select pgq.finish_batch(" + batch + ")");
            }
        }
    }

    private static long next(Statement statement, String queue) throws SQLException {
        return number(statement, "select coalesce(pgq.next_batch('" + queue + "', 'reader'), 0)");
    }

    private static void pause(Statement statement, Random random, int milliseconds) throws SQLException {
        statement.execute("select pg_sleep(" + random.nextInt(milliseconds) / 1000.0 + ")");
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private <T> Future<T> background(Work<T> work) {
        Callable<T> task = () -> {
            try (var connection = db.connect()) {
                return work.run(connection);
            }
        };
        return threads.submit(task);
    }

    @FunctionalInterface
    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }
}
