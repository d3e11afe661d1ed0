package io.londiste.chaos;

import io.londiste.test.Db;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * Stops any session that writes a certain row on the subscriber, at that row, until the gate is opened. So a copy, a
 * catch-up and the replay can be stopped in the middle of their work.
 */
final class Gate {
    /** The type of the column with the gate's number; null is free to pass. On the provider it is an {@code int}. */
    static final String TYPE = """
            create function pass(gate int) returns boolean language plpgsql as $$
            begin
              if gate is not null then
                perform pg_advisory_xact_lock_shared('pg_locks'::regclass::int, gate);
              end if;
              return true;
            end $$;
            create domain gated as int check (public.pass(value));
            """;

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final int number = COUNT.incrementAndGet();
    private final Db subscriber;
    private final Connection shutting;

    /** A closed gate. */
    Gate(Db subscriber) throws SQLException {
        this.subscriber = subscriber;
        this.shutting = subscriber.connect();
        try (var statement = shutting.createStatement()) {
            statement.execute("select pg_advisory_lock('pg_locks'::regclass::int, " + number + ")");
        }
    }

    /** The value that stops at this gate. */
    int number() {
        return number;
    }

    /** Returns when a session waits at the gate. */
    Gate awaitSomebody() {
        Awaitility.await("somebody at gate " + number)
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        subscriber.number("select count(*) from pg_locks where locktype = 'advisory' and not granted"
                                        + " and classid = 'pg_locks'::regclass and objid = " + number)
                                > 0);
        return this;
    }

    /** Opens the gate, unless its server has died meanwhile and has opened it so. */
    void close() {
        close(shutting);
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
