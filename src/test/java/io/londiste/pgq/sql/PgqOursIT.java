package io.londiste.pgq.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.schema.Installer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;

/** What our PgQ does beyond the original, or differently. */
@ParameterizedClass
@EnumSource(mode = Mode.EXCLUDE, names = "ORIGINAL")
class PgqOursIT extends PgqSuite {
    @Test
    void itReportsThatItIsOurs() {
        assertThat(sql("select pgq.implementation()")).startsWith("camel-londiste ");
    }

    @Test
    void functionsAreDocumentedAndTheirSearchPathIsPinned() {
        assertThat(rows("""
                        select oid::regprocedure from pg_proc
                        where pronamespace = 'pgq'::regnamespace and prosrc !~ '^\\s*(#.*\\n)?--'""")).isEmpty();
        assertThat(rows("""
                        select oid::regprocedure from pg_proc
                        where pronamespace = 'pgq'::regnamespace and prosecdef
                          and not coalesce(proconfig::text like '%search_path=pg_catalog, pg_temp%', false)""")).isEmpty();
    }

    @Test
    void installingAgainKeepsWhatIsThere() {
        var queue = queueFor("reader");
        insert(queue, "t", "d");

        new Installer(db.dataSource()).installPgq();
        tick(queue);

        assertThat(read(queue, "reader")).containsExactly("t|d");
    }

    @Test
    void installingAgainBringsAnOlderSchemaUpToDate() {
        var options = "select string_agg(oid::regclass || ' ' || reloptions::text, '; ' order by oid) from pg_class"
                + " where relnamespace = 'pgq'::regnamespace and reloptions is not null";
        queue();
        var expected = sql(options);
        sql("alter table pgq.subscription reset (fillfactor)");
        sql("alter table pgq.tick reset (autovacuum_vacuum_threshold, autovacuum_vacuum_scale_factor)");

        sql("alter table pgq.queue drop column queue_asleep");

        assertThat(number("select pgq.upgrade_schema()")).isEqualTo(3);

        assertThat(number("select pgq.upgrade_schema()")).isZero();
        assertThat(
                        sql(
                                "select count(*) from pg_class where relname = 'subscription' and reloptions @> '{fillfactor=50}'"))
                .isEqualTo("1");
        assertThat(sql(options)).hasSameSizeAs(expected).contains("pgq.tick", "autovacuum_enabled=off");
    }

    @Test
    void anUpgradeDoesNotHoldUpWritersBehindALongTransaction() throws SQLException {
        var queue = queue();
        sql("alter table pgq.queue drop column queue_asleep");
        try (var writer = db.connect();
                var statement = writer.createStatement()) {
            statement.execute("begin; select * from pgq.queue");

            assertThatThrownBy(() -> new Installer(db.dataSource()).installPgq())
                    .hasMessageContaining(
                            "table pgq.queue cannot be upgraded while transactions that have written events are"
                                    + " open (pids "
                                    + writer.unwrap(PGConnection.class).getBackendPID() + ")");
        }
        new Installer(db.dataSource()).installPgq();

        insert(queue, "t", "d");
        assertThat(sql("select queue_asleep from pgq.queue where queue_name = ?", queue))
                .isEqualTo("f");
    }

    @Test
    void itNeedsNoRoleThatMayCreateRoles() throws SQLException {
        var owner = db.role("owner", "login password 'secret'");
        sql("grant create on database " + db.name() + " to " + owner);
        sql("alter schema pgq rename to pgq_kept");
        try {
            var source = new PGSimpleDataSource();
            source.setURL(db.url());
            source.setUser(owner);
            source.setPassword("secret");
            new Installer(source).installPgq();
            sql("set role " + owner);
            sql("select pgq.create_queue('q'), pgq.register_consumer('q', 'c')");
            insert("q", "t", "d");
            tick("q");
            assertThat(read("q", "c")).containsExactly("t|d");
            sql("reset role");
            sql("set role pg_monitor");
            assertThatThrownBy(() -> insert("q", "t", "d")).hasMessageContaining("permission denied");
        } finally {
            sql("reset role");
            sql("drop schema if exists pgq cascade");
            sql("alter schema pgq_kept rename to pgq");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select pgq.insert_event('nope', 't', 'd') | 42704 | \"nope\"",
                "select pgq.insert_event(null, 't', 'd') | 22004 | queue name",
                "select pgq.ticker('nope') | 42704 | \"nope\"",
                "select pgq.drop_queue('nope') | 42704 | \"nope\"",
                "select pgq.next_batch('q', 'nobody') | 42704 | consumer \"nobody\" is not registered on queue \"q\"",
                "select pgq.register_consumer_at('q', 'c', 999) | P0002 | queue \"q\" has no tick 999",
                "select pgq.set_queue_config('q', 'nope', '1') | 22023 | \"nope\"",
                "select pgq.set_queue_config('q', 'ticker_max_lag', null) | 22004 | ticker_max_lag",
                "select pgq.ticker('q', 1, now(), 1) | 55000 | \"q\"",
                "select * from pgq.get_batch_events(0) | P0002 | batch 0",
                "select pgq.event_retry(0, 1, 1) | P0002 | batch 0",
                "select pgq.drop_queue('q') | 2BP01 | queue \"q\" has consumers: c",
            })
    void errorsNameWhatIsMeantAndHaveACode(String statement, String state, String words) {
        sql("select pgq.create_queue('q'), pgq.register_consumer('q', 'c')");

        assertThatThrownBy(() -> sql(statement))
                .hasMessageContaining(words)
                .cause()
                .isInstanceOfSatisfying(
                        PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }

    @Test
    void theFirstEventOfAnAsleepQueueNotifiesAndATickEndsTheSleep() throws SQLException {
        var queue = queue();
        sql("select pgq.sleep_queues()");
        assertThat(sql("select pgq.sleep_queues()")).as("all are asleep").isEqualTo("0");
        try (var ticker = db.connect();
                var listen = ticker.createStatement()) {
            listen.execute("listen pgq_wake");

            insert(queue, "t", "d");
            sql("select pgq.current_event_table(?)", queue);

            listen.execute("select");
            assertThat(ticker.unwrap(PGConnection.class).getNotifications()).hasSize(2);

            tick(queue);
            listen.execute("select");
            ticker.unwrap(PGConnection.class).getNotifications(); // of the forced tick
            insert(queue, "t", "d");

            listen.execute("select");
            assertThat(ticker.unwrap(PGConnection.class).getNotifications()).isEmpty();
        }
    }

    @Test
    void aForcedTickOfAnAsleepQueueWakesItsTicker() throws SQLException {
        var queue = queue();
        try (var ticker = db.connect();
                var listen = ticker.createStatement()) {
            listen.execute("listen pgq_wake");
            sql("select pgq.force_tick(?)", queue);
            listen.execute("select");
            assertThat(ticker.unwrap(PGConnection.class).getNotifications()).isEmpty();

            sql("select pgq.sleep_queues()");
            sql("select pgq.force_tick(?)", queue);

            listen.execute("select");
            assertThat(ticker.unwrap(PGConnection.class).getNotifications()).hasSize(1);
        }
    }

    @Test
    void noTickWaitsForTheRowOfItsQueue() throws SQLException {
        var queue = queueFor("c");
        sql("select pgq.sleep_queues()");
        try (var operator = db.connect();
                var locking = operator.createStatement()) {
            locking.execute("begin; update pgq.queue set queue_ticker_max_count = 1");

            sql("set lock_timeout = '1s'");
            tick(queue);
            sql("reset lock_timeout");

            locking.execute("rollback");
        }
        tick(queue);
        assertThat(sql("select queue_asleep from pgq.queue where queue_name = ?", queue))
                .isEqualTo("f");
    }

    @Test
    void oneCallFinishesABatchAndReceivesTheNextOneWithItsEvents() {
        var receive =
                "select cur_tick_id is not null, ev_data from pgq.receive_batch(?, 'c', ?::bigint, ?::bigint, ?::bigint, ?)";
        var queue = queueFor("c");
        assertThat(rows(receive, queue, null, null, null, 10)).as("no tick").isEmpty();
        insert(queue, "t", "1");
        insert(queue, "t", "2");
        tick(queue);
        insert(queue, "t", "3");
        tick(queue);
        insert(queue, "t", "4");
        tick(queue);
        long second = number(
                "select max(tick_id) - 1 from pgq.tick join pgq.queue on queue_id = tick_queue where queue_name = ?",
                queue);

        assertThat(rows(receive, queue, null, null, null, 1))
                .as("up to the next tick")
                .containsExactly("t|null", "f|1");
        assertThat(rows(receive, queue, null, 1_000_000L, null, 10))
                .as("an open batch stays as it is")
                .containsExactly("t|null", "f|1", "f|2");
        long first = second - 1;
        assertThat(rows(receive, queue, first, 1_000_000L, second, 10)).containsExactly("t|null", "f|3");
        assertThat(rows(receive, queue, first, 1_000_000L, null, 10))
                .as("finished already")
                .containsExactly("t|null", "f|3");
    }

    @Test
    void aKeyThatChangesIsTwoEvents() {
        var queue = queue();
        sql("drop table if exists t");
        sql("create table t (id int primary key, v text, g int generated always as (id * 2) stored)");
        var row = " after insert or update on t for each row execute function pgq.%s('" + queue + "')";
        sql("create trigger a" + row.formatted("sqltriga"));
        sql("create trigger b" + row.formatted("logutriga"));
        sql("insert into t values (1, 'x')");
        sql("update t set id = 2");

        assertThat(rows("select ev_type, ev_data from " + dataPrefix(queue) + " order by ev_id"))
                .as("generated columns cannot be written, so statements do without")
                .containsExactly(
                        "I|(id,v) values ('1','x')",
                        "I:id|id=1&v=x&g=2",
                        "U|id='2' where id='1'",
                        "D:id|id=1&v=x&g=2",
                        "I:id|id=2&v=x&g=4");
    }

    @Test
    void aChangeThatOnlyLooksEqualIsNotLost() {
        var queue = queue();
        sql("drop table if exists t");
        sql("create table t (id int primary key, n numeric)");
        sql("create trigger a after update on t for each row execute function pgq.sqltriga('" + queue + "')");
        sql("insert into t values (1, 1.0)");
        sql("update t set n = 1.00");

        assertThat(sql("select ev_data from " + dataPrefix(queue))).isEqualTo("n='1.00' where id='1'");
    }
}
