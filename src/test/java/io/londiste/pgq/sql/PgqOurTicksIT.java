package io.londiste.pgq.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** What our ticks and batches promise beyond the original. */
@ParameterizedClass
@EnumSource(mode = Mode.EXCLUDE, names = "ORIGINAL")
class PgqOurTicksIT extends PgqSuite {
    private static final String AGE_TICKS = """
            update pgq.tick set tick_time = tick_time - interval '4 s'
            where tick_queue = (select queue_id from pgq.queue where queue_name = '%s')""";

    @Test
    void anIdleTickerWritesNothing() throws SQLException {
        queue();
        sql("update pgq.tick set tick_time = now()");
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select pgq.ticker()");
            try (var row = statement.executeQuery("select txid_current_if_assigned()")) {
                row.next();
                assertThat(row.getString(1)).isNull();
            }
        }
    }

    @Test
    void aClockThatIsSetBackDelaysNothing() {
        var queue = queueFor("reader");
        configure(queue, "rotation_period", "2 hours");
        insert(queue, "t", "1");
        tick(queue);
        long batch = batch(queue, "reader");
        sql("select pgq.batch_retry(?, 60)", (int) batch);
        sql("select pgq.finish_batch(?)", batch);
        insert(queue, "t", "2");
        sql("update pgq.tick set tick_time = tick_time + interval '1 hour'");
        sql("update pgq.retry_queue set ev_retry_after = ev_retry_after + interval '1 hour'");
        sql("update pgq.queue set queue_switch_time = queue_switch_time + interval '1 hour'");
        sql("update pgq.subscription set sub_active = sub_active + interval '1 hour'");
        assertThat(sql("select ticker_lag from pgq.get_queue_info(?)", queue)).isEqualTo("00:00:00");
        assertThat(sql("select lag, last_seen from pgq.get_consumer_info(?)", queue))
                .isEqualTo("00:00:00|00:00:00");

        long due = number("select pgq.ticker(?)", queue);

        assertThat(due).isEqualTo(number("select max(tick_id) from pgq.tick"));
        assertThat(sql("select pgq.ticker(?)", queue)).as("once").isEqualTo("null");
        assertThat(read(queue, "reader")).containsExactly("t|2");
        assertThat(sql("select ev_retry_after < now() + interval '2 minutes' from pgq.retry_queue"))
                .isEqualTo("t");
        assertThat(sql("select (ev_per_sec >= 0) is not false from pgq.get_queue_info(?)", queue))
                .isEqualTo("t");
        sql("select pgq.maint_rotate_tables_step1(?)", queue);
        assertThat(currentTable(queue)).isEqualTo(1);
    }

    @Test
    void aTickIsOnDiskBeforeConsumersSeeIt() throws SQLException {
        var queue = queue();
        insert(queue, "t", "1");
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set synchronous_commit = off");
            statement.execute("select pgq.force_tick('" + queue + "'); select pgq.ticker('" + queue + "')");
            try (var row = statement.executeQuery("show synchronous_commit")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("on");
            }
        }
    }

    @Test
    void aTickNotifiesListeners() throws SQLException {
        var queue = queue();
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            statement.execute("listen pgq_tick");
            insert(queue, "t", "d");
            tick(queue);

            var notes = connection.unwrap(PGConnection.class).getNotifications(5000);

            assertThat(notes).singleElement().satisfies(note -> {
                assertThat(note.getName()).isEqualTo("pgq_tick");
                assertThat(note.getParameter()).isEqualTo(queue);
            });
        }
    }

    @Test
    void theVeryFirstEventMovesTheTicker() {
        var queue = queue();
        insert(queue, "t", "d");
        sql(AGE_TICKS.formatted(queue));

        assertThat(sql("select pgq.ticker(?)", queue)).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theTickerComesForATransactionThatEndsLate(boolean othersEnd) throws SQLException {
        var queue = queueFor("reader");
        configure(queue, "ticker_max_lag", "0");
        try (var late = db.connect();
                var statement = late.createStatement();
                var longer = db.connect();
                var unrelated = longer.createStatement()) {
            late.setAutoCommit(false);
            statement.execute("select pgq.insert_event('" + queue + "', 'late', '')");
            if (othersEnd) {
                sql("select txid_current()"); // only then is the late one in the tick's snapshot
            }
            assertThat(number("select pgq.ticker(?)", queue)).isPositive();
            longer.setAutoCommit(false);
            unrelated.execute("select txid_current()");
            assertThat(sql("select pgq.ticker(?)", queue)).as("it runs on").isEqualTo("null");

            late.commit();

            assertThat(number("select pgq.ticker(?)", queue)).isPositive();
            assertThat(read(queue, "reader")).containsExactly("late|");
            longer.commit();
            assertThat(sql("select pgq.ticker(?)", queue))
                    .as("one that began when all events were there is not waited for")
                    .isEqualTo("null");
        }
    }

    @Test
    void theTickerComesForTheSecondOfTwoThatEndLate() throws SQLException {
        var queue = queueFor("reader");
        configure(queue, "ticker_max_lag", "0");
        try (var first = db.connect();
                var one = first.createStatement();
                var second = db.connect();
                var other = second.createStatement()) {
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            one.execute("select pgq.insert_event('" + queue + "', 'first', '')");
            other.execute("select pgq.insert_event('" + queue + "', 'second', '')");
            assertThat(number("select pgq.ticker(?)", queue)).isPositive();
            first.commit();
            assertThat(number("select pgq.ticker(?)", queue)).isPositive();
            assertThat(sql("select pgq.ticker(?)", queue)).as("it runs on").isEqualTo("null");

            second.commit();

            assertThat(number("select pgq.ticker(?)", queue)).isPositive();
            assertThat(read(queue, "reader")).containsExactly("first|", "second|");
        }
    }

    @Test
    void aTickNeedsASnapshotOfItsOwn() throws SQLException {
        var queue = queue();
        sql("select pgq.force_tick(?)", queue);
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set transaction isolation level repeatable read");

            assertThatThrownBy(() -> statement.execute("select pgq.ticker('" + queue + "')"))
                    .isInstanceOfSatisfying(PSQLException.class, e -> assertThat(e.getSQLState())
                            .isEqualTo("25000"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "select pgq.ticker('%s')", // another ticker
        "lock table pgq.tick in share row exclusive mode" // a copy
    })
    void aTickerTakesItsSnapshotAfterTheOneBefore(String holder) throws Exception {
        var queue = queue();
        sql("select pgq.force_tick(?)", queue);
        try (var first = db.connect();
                var statement = first.createStatement();
                var writer = db.connect();
                var open = writer.createStatement()) {
            writer.setAutoCommit(false);
            open.execute("select pgq.insert_event('" + queue + "', 't', 'd')");
            first.setAutoCommit(false);
            statement.execute(holder.formatted(queue));
            sql("select pgq.force_tick(?)", queue);

            var second = CompletableFuture.supplyAsync(() -> db.sql("select pgq.ticker('" + queue + "')"));
            await().until(() -> number("""
                    select count(*) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'""") == 1);
            writer.commit();
            first.commit();
            second.get(10, TimeUnit.SECONDS);
        }

        assertThat(sql("""
                        select bool_and(txid_snapshot_xmax(tick_snapshot) >= coalesce(txid_snapshot_xmax(before), 0)
                                and txid_snapshot_xmin(tick_snapshot) >= coalesce(txid_snapshot_xmin(before), 0)),
                               bool_or(txid_visible_in_snapshot((select max(ev_txid) from %s), tick_snapshot))
                        from (select tick_snapshot, lag(tick_snapshot) over (order by tick_id) as before
                              from pgq.tick join pgq.queue on queue_id = tick_queue where queue_name = '%s') t""".formatted(dataPrefix(queue), queue))).isEqualTo("t|t");
    }

    @Test
    void aLongTransactionDoesNotMakeABatchReadEverything() {
        var queue = queueFor("reader");
        // the server has to have assigned these transaction ids, or it takes them for another cluster's
        sql("do $$ begin while txid_current() < 5100 loop commit; end loop; end $$");
        // transaction 1000 runs while 3000 others come and go, then ends: a tick before and one after that
        sql("""
                insert into %s_0 (ev_time, ev_txid, ev_type) select now(), x, 'event of ' || x
                from (values (1000), (5001)) v (x) union all select now(), x, 'much' from generate_series(1001, 4000) x""".formatted(dataPrefix(queue)));
        sql("""
                insert into pgq.tick (tick_queue, tick_id, tick_snapshot, tick_event_seq)
                select queue_id, id, snapshot::txid_snapshot, 0
                from pgq.queue, (values (10, '1000:5000:1000'), (11, '5010:5010:')) v (id, snapshot)
                where queue_name = ?""", queue);
        sql("select pgq.register_consumer_at(?, 'reader', 10)", queue);
        long batch = batch(queue, "reader");

        assertThat(rows("select ev_type from pgq.get_batch_events(?)", batch))
                .containsExactly("event of 1000", "event of 5001");
        sql("set enable_seqscan = off");
        var plan = sql("explain analyze " + sql("select pgq.batch_event_sql(?)", batch));
        assertThat(plan).contains("txid_idx").doesNotContain("Seq Scan", "Rows Removed by Filter");
    }

    @Test
    void anEventInATableThatIsNoLongerCurrentIsRead() throws SQLException {
        var queue = queueFor("reader");
        configure(queue, "rotation_period", "0 s");
        try (var old = db.connect();
                var statement = old.createStatement()) {
            old.setAutoCommit(false);
            statement.execute("set transaction isolation level repeatable read");
            statement.execute("select count(*) from pgq.queue");
            for (int i = 0; i < 2; i++) {
                sql("select pgq.maint_rotate_tables_step1(?)", queue);
                sql("select pgq.maint_rotate_tables_step2()");
            }
            statement.execute("select pgq.insert_event('" + queue + "', 'old', 'view')");
            old.commit();
        }
        tick(queue);
        sql("select pgq.maint_rotate_tables_step1(?)", queue);

        assertThat(currentTable(queue)).as("it is unread, so its table stays").isEqualTo(2);
        assertThat(read(queue, "reader")).containsExactly("old|view");
        sql("select pgq.maint_rotate_tables_step1(?)", queue);
        assertThat(currentTable(queue)).isZero();
    }
}
