package io.londiste.pgq.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Consumers and their batches: which events are in which batch, in what order, and how batches are opened and closed. */
@ParameterizedClass
@EnumSource
class PgqBatchIT extends PgqSuite {
    @Test
    void aConsumerGetsWhatComesAfterItRegistered() {
        var queue = queue();
        insert(queue, "before", "0");
        tick(queue);
        assertThat(sql("select pgq.register_consumer(?, 'reader')", queue)).isEqualTo("1");
        assertThat(sql("select pgq.register_consumer(?, 'reader')", queue)).isEqualTo("0");
        insert(queue, "after", "1");
        insert(queue, "after", "2");
        assertThat(sql("select pgq.next_batch(?, 'reader')", queue)).isEqualTo("null");
        tick(queue);

        long batch = batch(queue, "reader");

        assertThat(events(batch)).containsExactly("after|1", "after|2");
        assertThat(batch(queue, "reader")).as("an open batch is given again").isEqualTo(batch);
        assertThat(sql("select pgq.finish_batch(?)", batch)).isEqualTo("1");
        assertThat(sql("select pgq.finish_batch(?)", batch)).isEqualTo("0");
        assertThat(sql("select pgq.next_batch(?, 'reader')", queue)).isEqualTo("null");
    }

    @Test
    void everyConsumerGetsEverything() {
        var queue = queueFor("one");
        sql("select pgq.register_consumer(?, 'two')", queue);
        insert(queue, "t", "d");
        tick(queue);

        assertThat(read(queue, "one")).containsExactly("t|d");
        assertThat(read(queue, "two")).containsExactly("t|d");
    }

    @Test
    void anEventIsInTheBatchInWhichItsTransactionEnded() throws SQLException {
        var queue = queueFor("reader");
        try (var slow = db.connect();
                var slower = db.connect()) {
            slow.setAutoCommit(false);
            slower.setAutoCommit(false);
            var statement = slow.createStatement();
            statement.execute("select pgq.insert_event('" + queue + "', 'slow', '1')");
            slower.createStatement().execute("select pgq.insert_event('" + queue + "', 'slower', '1')");
            insert(queue, "quick", "1");
            tick(queue);
            assertThat(read(queue, "reader")).containsExactly("quick|1");

            tick(queue);
            assertThat(read(queue, "reader")).isEmpty();
            statement.execute("savepoint s; select pgq.insert_event('" + queue + "', 'slow', 'undone');"
                    + " rollback to s; select pgq.insert_event('" + queue + "', 'slow', '2')");
            insert(queue, "quick", "2");
            slow.commit();
            tick(queue);
            assertThat(read(queue, "reader")).containsExactly("slow|1", "slow|2", "quick|2");

            slower.commit();
            tick(queue);
            assertThat(read(queue, "reader")).containsExactly("slower|1");
        }
    }

    @Test
    void aBatchTellsWhereItIs() {
        var queue = queueFor("reader");
        insert(queue, "t", "d");
        long second = tick(queue);
        tick(queue);

        var info = sql("""
                select prev_tick_id, cur_tick_id, prev_tick_time < cur_tick_time,
                       cur_tick_event_seq - prev_tick_event_seq > 0, batch_id
                from pgq.next_batch_info(?, 'reader')""", queue);

        assertThat(info).startsWith("1|" + second + "|t|t|");
        long batch = Long.parseLong(info.substring(info.lastIndexOf('|') + 1));
        assertThat(sql("""
                        select queue_name, consumer_name, prev_tick_id, tick_id, batch_start < batch_end, lag > '0',
                               seq_start < seq_end
                        from pgq.get_batch_info(?)""", batch)).isEqualTo(queue + "|reader|1|" + second + "|t|t|t");
        assertThat(sql("""
                        select lag > '0', last_seen >= '0', last_tick, current_batch, next_tick, pending_events > 0
                        from pgq.get_consumer_info(?, 'reader')""", queue)).isEqualTo("t|t|1|" + batch + "|" + second + "|t");
        assertThat(rows("select queue_name, consumer_name from pgq.get_consumer_info(?)", queue))
                .containsExactly(queue + "|reader");
        assertThat(rows("select queue_name from pgq.get_consumer_info()")).contains(queue);
        assertThat(sql("select queue_name is null from pgq.get_batch_info(0)")).isEqualTo("t");
    }

    /** Ticks 1 to 20, one a second, ten events each, the last one a second ago. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, -, 2", // the next tick
                "-, 35, -, 5", // enough events
                "-, 40, -, 5",
                "-, 190, -, 20",
                "-, 191, -, -", // not enough yet
                "-, -, 3500 ms, 5", // enough time
                "-, -, 4 s, 5",
                "-, -, 40 s, -",
                "-, 20, 10 s, 3", // one of both is enough
                "-, 50, 2 s, 3",
                "5 s, -, -, 2", // old enough
                "25 s, -, -, -",
                "9500 ms, 75, -, 9",
                "9500 ms, 110, -, -"
            })
    void aBatchCanBeWantedLarge(String minLag, Integer minCount, String minInterval, String end) {
        var queue = queueFor("reader");
        sql("delete from pgq.tick where tick_queue = (select queue_id from pgq.queue where queue_name = ?)", queue);
        sql("""
                insert into pgq.tick
                select queue_id, i, now() - make_interval(secs => 21 - i), '1:1:', i * 10
                from pgq.queue, generate_series(1, 20) i where queue_name = ?""", queue);

        assertThat(sql(
                        "select cur_tick_id from pgq.next_batch_custom(?, 'reader', ?::interval, ?::int, ?::interval)",
                        queue,
                        minLag,
                        minCount,
                        minInterval))
                .isEqualTo(String.valueOf(end));
    }

    @Test
    void manyTicksInOneBatchAreOneRunOfEvents() {
        var queue = queueFor("reader");
        var expected = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            insert(queue, "t", "" + i);
            expected.add("t|" + i);
            tick(queue);
        }

        int count = (int) number("select pending_events from pgq.get_consumer_info(?, 'reader')", queue);

        long batch =
                number("select batch_id from pgq.next_batch_custom(?, 'reader', null, ?::int, null)", queue, count);

        assertThat(events(batch)).isEqualTo(expected);
    }

    @Test
    void aCursorGivesABatchInPortions() throws SQLException {
        var queue = queueFor("reader");
        sql("select pgq.insert_event('" + queue + "', 't', i::text) from generate_series(1, 5) i");
        tick(queue);
        long batch = batch(queue, "reader");
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);

            assertThat(column(statement, "select ev_data from pgq.get_batch_cursor(" + batch + ", 'My cursor', 2)"))
                    .containsExactly("1", "2");
            assertThat(column(statement, "fetch 2 from \"My cursor\"")).containsExactly("3", "4");
            assertThat(column(statement, "fetch 2 from \"My cursor\"")).containsExactly("5");
            statement.execute("close \"My cursor\"");
            assertThat(column(
                            statement,
                            "select ev_data from pgq.get_batch_cursor(" + batch + ", 'c', 2, 'ev_data > ''2''')"))
                    .containsExactly("3", "4");
            assertThat(column(statement, "select ev_data from pgq.get_batch_cursor(" + batch + ", 'd', 0, null)"))
                    .isEmpty();
            assertThat(column(statement, "fetch all from d")).hasSize(5);
        }
    }

    @Test
    void theSqlOfABatchCanBeRunByOneself() {
        var queue = queueFor("reader");
        insert(queue, "t", "1");
        tick(queue);
        long batch = batch(queue, "reader");

        var sql = sql("select pgq.batch_event_sql(?)", batch);

        assertThat(sql("select ev_data from (" + sql + ") e")).isEqualTo("1");
        assertThat(rows("select pgq.batch_event_tables(?)", batch)).contains(dataPrefix(queue) + "_0");
        assertThatThrownBy(() -> sql("select pgq.batch_event_sql(0)")).hasMessageContaining("batch");
        assertThatThrownBy(() -> sql("select * from pgq.get_batch_events(0)")).hasMessageContaining("batch");
        assertThatThrownBy(() -> sql("select * from pgq.batch_event_tables(0)")).hasMessageContaining("batch");
    }

    @Test
    void aConsumerCanBePutAtATick() {
        var queue = queueFor("reader");
        insert(queue, "t", "1");
        long middle = tick(queue);
        insert(queue, "t", "2");
        tick(queue);
        assertThat(read(queue, "reader")).containsExactly("t|1", "t|2");

        assertThat(sql("select pgq.register_consumer_at(?, 'reader', ?)", queue, middle))
                .isEqualTo("0");
        long open = batch(queue, "reader");
        assertThat(events(open)).containsExactly("t|2");
        sql("select pgq.register_consumer_at(?, 'reader', 1)", queue);
        assertThat(sql("select pgq.finish_batch(?)", open))
                .as("the open batch is given up")
                .isEqualTo("0");
        assertThat(read(queue, "reader")).containsExactly("t|1", "t|2");
        assertThat(sql("select pgq.register_consumer_at(?, 'another', 1)", queue))
                .isEqualTo("1");
        assertThat(read(queue, "another")).hasSize(2);
        assertThatThrownBy(() -> sql("select pgq.register_consumer_at(?, 'reader', 999)", queue))
                .hasMessageContaining("999");
    }

    @Test
    void aConsumerCanLeave() {
        var queue = queueFor("leaving " + pgq);
        sql("select pgq.register_consumer(?, 'staying')", queue);

        assertThat(sql("select pgq.unregister_consumer(?, ?)", queue, "leaving " + pgq))
                .isEqualTo("1");
        assertThat(sql("select pgq.unregister_consumer(?, ?)", queue, "leaving " + pgq))
                .isEqualTo("0");
        assertThat(sql("select pgq.unregister_consumer('no such queue', 'x')")).isEqualTo("0");

        assertThat(sql("select count(*) from pgq.consumer where co_name = ?", "leaving " + pgq))
                .isEqualTo("0");
        assertThat(rows("select consumer_name from pgq.get_consumer_info(?)", queue))
                .containsExactly("staying");
        assertThatThrownBy(() -> sql("select pgq.next_batch(?, ?)", queue, "leaving " + pgq))
                .hasMessageContaining("leaving " + pgq);
        assertThatThrownBy(() -> sql("select pgq.register_consumer('no such queue', 'x')"))
                .hasMessageContaining("queue");
    }

    private static ArrayList<String> column(Statement statement, String sql) throws SQLException {
        var values = new ArrayList<String>();
        try (var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString("ev_data"));
            }
        }
        return values;
    }
}
