package io.londiste.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.ReplicationFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** A copy that is held up or killed in each of its steps. Locks of the test make it stop there. */
class CopyStepsIT extends ReplicationFixture {
    private static final String TABLES = """
            create table main (id int primary key, v text);
            create table lone (id int primary key, v text);
            create table other (id int primary key);
            """;
    /** Rows of main wait for the holder of lock 1, its index for the holder of lock 2. */
    private static final String SUBSCRIBER = TABLES + """
            create function wait_for(n int, result int) returns int immutable language plpgsql as
              'begin perform pg_advisory_xact_lock_shared(n); return result; end';
            alter table main add constraint waiting check (wait_for(1, id) is not null);
            create index slow on main (wait_for(2, id));
            create table beside (id int primary key references main deferrable);
            """;

    private static final String ROWS = "select count(*), md5(string_agg(t::text, ',' order by id)) from main t";

    private List<String> catalog;
    private Connection holder;
    private Statement hold;

    @BeforeEach
    void replicate() throws SQLException {
        provider.sql(TABLES);
        subscriber.sql(SUBSCRIBER);
        provider.sql("insert into main select i, repeat('x', 100) from generate_series(1, 8000) i;"
                + "insert into lone values (1); analyze main");
        catalog = Catalog.of(subscriber);
        holder = subscriber.connect();
        hold = holder.createStatement();
        job.with("lock_timeout", "2").add("main", "lone", "other").start().awaitOk();
        awaitRestored();
    }

    @AfterEach
    void stop() throws SQLException {
        holder.close();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().pollInterval(Duration.ofMillis(20));
    }

    private void awaitRestored() {
        soon().until(() -> subscriber.number("select count(*) from londiste.subscriber_pending_fkeys") == 0);
    }

    private void resync(String table) {
        subscriber.sql(
                "update londiste.subscriber_table set merge_state = null where table_name = ?", "public." + table);
    }

    /** The job's sessions that wait for a lock on something: a relation, a row (transactionid), an advisory lock. */
    private String waiting(String what) {
        return "select count(pg_terminate_backend(l.pid)) from pg_locks l join pg_stat_activity a on a.pid = l.pid"
                + " where not l.granted and l.locktype = '" + what + "' and a.datname = current_database()"
                + " and a.application_name = 'job'";
    }

    private void awaitWaiting(String what) {
        String count = waiting(what).replace("pg_terminate_backend(l.pid)", "*");
        soon().until(() -> subscriber.number(count) > 0);
    }

    private void killWaiting(String what) {
        soon().until(() -> subscriber.number(waiting(what)) > 0);
    }

    /** Lets the copy of main begin and stops it before its first row. */
    private void holdRows() throws SQLException {
        hold.execute("select pg_advisory_lock(1)");
        resync("main");
        awaitWaiting("advisory");
    }

    private void assertAsBefore() {
        job.awaitOk();
        awaitRestored();
        assertThat(String.join("\n", Catalog.of(subscriber))).isEqualTo(String.join("\n", catalog));
        assertThat(subscriber.sql(ROWS)).isEqualTo(provider.sql(ROWS));
        assertThat(subscriber.rows(
                        "select step, rows, total_rows from londiste.copy_progress where table_name = 'public.main'"))
                .containsExactly("done|8000|8000");
    }

    @Test
    void aKillInAnyStepLeavesNothingForgotten() throws SQLException {
        holder.setAutoCommit(false);

        hold.execute("lock table beside in access share mode");
        resync("main");
        killWaiting("relation"); // while it puts the foreign keys aside
        holder.rollback();
        assertAsBefore();

        hold.execute("lock table lone in access share mode");
        resync("lone");
        killWaiting("relation"); // while it empties the table
        holder.rollback();
        assertAsBefore();

        holdRows();
        killWaiting("advisory");
        hold.execute("select pg_advisory_unlock(1)");
        holder.rollback();
        assertAsBefore();

        hold.execute("select pg_advisory_lock(2)");
        resync("main");
        killWaiting("advisory"); // while it builds an index
        hold.execute("select pg_advisory_unlock(2)");
        holder.rollback();
        assertAsBefore();

        holdRows();
        hold.execute("select from londiste.subscriber_table where table_name = 'public.main' for update");
        hold.execute("select pg_advisory_unlock(1)");
        killWaiting("transactionid"); // while it sets the state
        holder.rollback();
        assertAsBefore();

        holdRows();
        hold.execute("lock table beside in row exclusive mode");
        hold.execute("select pg_advisory_unlock(1)");
        killWaiting("relation"); // while foreign keys are restored
        holder.rollback();
        subscriber.sql("update londiste.subscriber_table set merge_state = null where table_name = 'public.lone'");
        assertAsBefore();
    }

    @Test
    void anAutovacuumGivesWay() throws SQLException {
        String running = "select count(*) from pg_stat_progress_vacuum where relid = 'main'::regclass";
        subscriber.sql("alter system set autovacuum_naptime = '1s'");
        try {
            subscriber.sql("select pg_reload_conf()");
            subscriber.sql("alter table main set (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,"
                    + " autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_cost_delay = 100);"
                    + " update main set v = v; update main set v = v");
            soon().until(() -> subscriber.number(running) > 0); // which takes minutes

            resync("main");
            job.awaitOk();
            subscriber.sql("alter table main reset (autovacuum_vacuum_threshold, autovacuum_vacuum_scale_factor,"
                    + " autovacuum_vacuum_cost_limit, autovacuum_vacuum_cost_delay)");
            assertAsBefore();
        } finally {
            subscriber.sql("alter system reset autovacuum_naptime");
            subscriber.sql("select pg_reload_conf()");
        }
    }

    @Test
    void itsProgressCanBeRead() throws SQLException {
        String progress =
                "select step, rows between 0 and 8000, total_rows, updated >= started from londiste.copy_progress"
                        + " where table_name = 'public.main'";
        holdRows();
        soon().until(() -> subscriber.sql(progress).equals("rows|t|8000|t"));
        hold.execute("select pg_advisory_lock(2); select pg_advisory_unlock(1)");
        soon().until(() -> subscriber.sql(progress).equals("indexes|t|8000|t"));
        hold.execute("select pg_advisory_unlock(2)");
        assertAsBefore();

        subscriber.sql("select londiste.subscriber_remove_table('queue', 'main')");
        assertThat(subscriber.sql(progress)).isEmpty();
    }

    @Test
    void aLongReaderHoldsUpOnlyItsTable() throws SQLException {
        String reason = "select reason from londiste.subscriber_table where table_name = ?";
        holder.setAutoCommit(false);
        hold.execute("lock table beside in access share mode; lock table lone in access share mode");
        String pid = subscriber.sql("select pid from pg_locks where relation = 'beside'::regclass and granted");
        resync("main");
        resync("lone");

        soon().until(() ->
                subscriber.sql(reason, "public.main").contains("foreign keys cannot be dropped: no lock within 2.0 s"));
        assertThat(subscriber.sql(reason, "public.main")).contains("held by pid " + pid, "idle in transaction");
        for (int i = 0; i < 10; i++) {
            provider.sql("insert into other values (?)", i);
            job.awaitReplay();
        }
        assertThat(subscriber.number("select count(*) from other")).isEqualTo(10);
        soon().until(() -> subscriber
                .sql(reason, "public.lone")
                .contains("it cannot be emptied: no lock within 2.0 s, held by pid " + pid));

        holder.rollback();
        assertAsBefore();
        assertThat(subscriber.sql(reason, "public.main")).isEqualTo("null");
    }

    @Test
    void aCopyThatEndsAnnouncesRoomForTheNext() throws SQLException {
        hold.execute("listen londiste_table");
        resync("main");

        assertThat(holder.unwrap(PGConnection.class).getNotifications(60_000))
                .extracting(PGNotification::getParameter)
                .containsOnly("queue");
    }
}
