package io.londiste.pgq.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Retries, rotation, and the operations that maintenance has to run. */
@ParameterizedClass
@EnumSource
class PgqMaintenanceIT extends PgqSuite {
    @Test
    void anEventIsDeliveredAgainToTheConsumerThatAsked() {
        var queue = queueFor("reader");
        sql("select pgq.register_consumer(?, 'other')", queue);
        long event = insert(queue, "t", "1");
        insert(queue, "t", "2");
        tick(queue);
        long batch = batch(queue, "reader");
        assertThat(sql("select pgq.event_retry(?, ?, 0)", batch, event)).isEqualTo("1");
        assertThat(sql("select pgq.event_retry(?, ?, 0)", batch, event)).isEqualTo("0");
        assertThatThrownBy(() -> sql("select pgq.event_retry(?, 999, 0)", batch))
                .hasMessageContaining("event");
        assertThatThrownBy(() -> sql("select pgq.event_retry(0, 1, 0)")).hasMessageContaining("not found");
        sql("select pgq.finish_batch(?)", batch);
        assertThat(read(queue, "other")).hasSize(2);

        retryAll();
        tick(queue);

        long again = batch(queue, "reader");
        assertThat(rows("select ev_id, ev_retry, ev_data from pgq.get_batch_events(?)", again))
                .containsExactly(event + "|1|1");
        assertThat(sql("select pgq.event_retry(?, ?, now())", again, event)).isEqualTo("1");
        sql("select pgq.finish_batch(?)", again);
        assertThat(read(queue, "other")).isEmpty();
        retryAll();
        tick(queue);
        assertThat(rows("select ev_retry from pgq.get_batch_events(?)", batch(queue, "reader")))
                .containsExactly("2");
    }

    @Test
    void aWholeBatchIsDeliveredAgain() {
        var queue = queueFor("reader");
        sql("select pgq.insert_event('" + queue + "', 't', i::text) from generate_series(1, 25) i");
        tick(queue);
        long batch = batch(queue, "reader");
        sql("select pgq.event_retry(?, ev_id, 0) from pgq.get_batch_events(" + batch + ") where ev_data = '7'", batch);
        assertThat(sql("select pgq.batch_retry(?, 0)", batch)).isEqualTo("24");
        assertThatThrownBy(() -> sql("select pgq.batch_retry(0, 0)")).hasMessageContaining("batch 0");
        sql("select pgq.finish_batch(?)", batch);

        assertThat(number("select pgq.maint_retry_events()")).isBetween(1L, 10L);
        retryAll();
        tick(queue);

        assertThat(read(queue, "reader")).hasSize(25);
    }

    @Test
    void anEventOfOnesOwnCanBeRetried() {
        var queue = queueFor("reader");
        var raw = "select pgq.event_retry_raw('" + queue
                + "', '%s', now(), 12, '2020-01-01Z', 4, 't', 'd', null, null, null, 'x')";

        assertThat(sql(raw.formatted("reader"))).isEqualTo("12");
        assertThatThrownBy(() -> sql(raw.formatted("nobody"))).isInstanceOf(IllegalStateException.class);
        retryAll();
        tick(queue);

        assertThat(rows(
                        "select ev_id, ev_retry, ev_type, ev_extra4 from pgq.get_batch_events(?)",
                        batch(queue, "reader")))
                .containsExactly("12|4|t|x");
        sql(raw.formatted("reader"));
        sql("select pgq.unregister_consumer(?, 'reader')", queue);
        assertThat(sql(
                        "select count(*) from pgq.retry_queue join pgq.queue on queue_id = ev_queue where queue_name = ?",
                        queue))
                .isEqualTo("0");
    }

    @Test
    void rotationGoesRoundAndEmptiesTables() {
        var queue = queueFor("reader");
        configure(queue, "rotation_period", "0 s");
        for (int i = 0; i < 4; i++) {
            insert(queue, "t", "" + i);
            tick(queue);
            assertThat(read(queue, "reader")).containsExactly("t|" + i);
            // what comes after the rotation is needed for the original to let go of the table before
            tick(queue);
            read(queue, "reader");

            assertThat(sql("select pgq.maint_rotate_tables_step1(?)", queue)).isEqualTo("0");
            assertThat(sql("select pgq.maint_rotate_tables_step2()")).isEqualTo("0");

            assertThat(currentTable(queue)).isEqualTo((i + 1) % 3);
            assertThat(sql("select count(*) from %s_%d".formatted(dataPrefix(queue), (i + 1) % 3)))
                    .isEqualTo("0");
        }
    }

    @Test
    void rotationLosesNothingThatIsUnread() {
        var queue = queueFor("slow");
        configure(queue, "rotation_period", "0 s");
        insert(queue, "t", "1");
        tick(queue);
        for (int i = 0; i < 4; i++) {
            sql("select pgq.maint_rotate_tables_step1(?)", queue);
            sql("select pgq.maint_rotate_tables_step2()");
        }
        insert(queue, "t", "2");
        tick(queue);

        assertThat(read(queue, "slow")).containsExactly("t|1", "t|2");
    }

    @Test
    void rotationWaitsForItsTime() {
        var queue = queueFor("reader");
        tick(queue);
        read(queue, "reader");
        sql("select pgq.maint_rotate_tables_step1(?)", queue);
        assertThat(currentTable(queue)).isZero();

        configure(queue, "rotation_period", "0 s");
        sql("select pgq.maint_rotate_tables_step1(?)", queue);
        assertThat(currentTable(queue)).isEqualTo(1);
        sql("select pgq.maint_rotate_tables_step1(?)", queue);
        assertThat(currentTable(queue)).as("step 2 is missing").isEqualTo(1);
    }

    @Test
    void rotationLeavesATableInUseAlone() throws SQLException {
        var queue = queueFor("reader");
        configure(queue, "rotation_period", "0 s");
        tick(queue);
        read(queue, "reader");
        try (var user = db.connect();
                var statement = user.createStatement()) {
            user.setAutoCommit(false);
            statement.execute("select from " + dataPrefix(queue) + "_1");

            assertThat(sql("select pgq.maint_rotate_tables_step1(?)", queue)).isEqualTo("0");
            assertThat(currentTable(queue)).isZero();

            user.rollback();
            sql("select pgq.maint_rotate_tables_step1(?)", queue);
            assertThat(currentTable(queue)).isEqualTo(1);
        }
    }

    @Test
    void maintenanceReportsWhatIsDue() {
        var queue = queueFor("reader");
        var operations = "select func_name, func_arg from pgq.maint_operations() where func_arg = ?";
        assertThat(rows(operations, queue)).isEmpty();
        configure(queue, "rotation_period", "0 s");
        sql("update pgq.queue set queue_extra_maint = '{my.function}' where queue_name = ?", queue);

        assertThat(rows(operations, queue))
                .containsExactly("pgq.maint_rotate_tables_step1|" + queue, "my.function|" + queue);
        assertThat(rows("select func_name from pgq.maint_operations() where func_arg is null"))
                .containsExactly("pgq.maint_rotate_tables_step2");
        assertThat(rows("select * from pgq.maint_tables_to_vacuum()"))
                .as("autovacuum is on and few rows are dead")
                .isEmpty();
    }

    private void retryAll() {
        while (number("select pgq.maint_retry_events()") > 0) {
            // ten at a time
        }
    }
}
