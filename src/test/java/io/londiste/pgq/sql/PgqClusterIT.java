package io.londiste.pgq.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues that a dump has brought to another cluster are not used with that cluster's transaction ids. */
@ParameterizedClass
@EnumSource(mode = Mode.EXCLUDE, names = "ORIGINAL")
class PgqClusterIT extends PgqSuite {
    private static final String MOVED =
            "update pgq.cluster set system_identifier = system_identifier - 1, print = 'tick 1'";

    @AfterEach
    void home() {
        sql("select pgq.adopt_queues()");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select pgq.ticker('%s')",
                "select pgq.ticker()",
                "select pgq.next_batch('%s', 'c')",
                "select pgq.register_consumer('%s', 'new')",
                "select pgq.maint_rotate_tables_step1('%s')",
                "select pgq.maint_rotate_tables_step2()",
                "select * from pgq.maint_operations()"
            })
    void aDifferentSystemIdentifierIsRefused(String call) {
        var queue = queueFor("c");
        insert(queue, "t", "d");
        makeDue(queue);
        sql(MOVED);

        assertThatThrownBy(() -> sql(call.formatted(queue)))
                .hasMessageContaining("belong to another database cluster: system identifier")
                .hasMessageContaining("provider adopt");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select pgq.ticker('%s')",
                "select pgq.ticker()",
                "select pgq.next_batch('%s', 'c')",
                "select pgq.register_consumer('%s', 'new')",
                "select pgq.maint_rotate_tables_step1('%s')"
            })
    void aTickAheadOfTheServersTransactionIdsIsRefused(String call) {
        var queue = queueFor("c");
        insert(queue, "t", "d");
        makeDue(queue);
        sql(
                "update pgq.tick set tick_snapshot = '9000000:9000000:' from pgq.queue where tick_queue = queue_id and queue_name = ?",
                queue);

        assertThatThrownBy(() -> sql(call.formatted(queue)))
                .hasMessageContaining("of queue \"" + queue + "\" has transaction id 9000000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue_switch_step1", "queue_switch_step2"})
    void aRotationMarkAheadOfTheServersTransactionIdsIsRefused(String mark) {
        var queue = queueFor("c");
        makeDue(queue);
        sql("update pgq.queue set " + mark + " = 9000000 where queue_name = ?", queue);

        assertThatThrownBy(() -> sql("select pgq.maint_rotate_tables_step1('" + queue + "')"))
                .hasMessageContaining("the last rotation of queue \"" + queue + "\" has transaction id 9000000");
    }

    @Test
    void writersAreNotHeldUp() {
        var queue = queueFor("c");
        sql(MOVED);

        assertThat(insert(queue, "t", "d")).isPositive();
    }

    @Test
    void adoptedQueuesBeginAgain() {
        var queue = queueFor("c");
        insert(queue, "t", "of the other cluster");
        long before = tick(queue);
        sql(
                "update pgq.tick set tick_snapshot = '9000000:9000000:' from pgq.queue where tick_queue = queue_id and queue_name = ?",
                queue);
        sql(MOVED);
        insert(queue, "t", "written here before it was noticed");

        assertThat(number("select pgq.adopt_queues()")).isPositive();

        assertThat(number("select count(*) from "
                        + sql("select queue_data_pfx from pgq.queue where queue_name = ?", queue)))
                .as("events, which would be read once the server has assigned the other cluster's transaction ids")
                .isZero();
        assertThat(number("select max(tick_id) from pgq.tick")).isGreaterThan(before);
        insert(queue, "t", "written here");
        tick(queue);
        assertThat(read(queue, "c")).containsExactly("t|written here");
        makeDue(queue);
        int current = currentTable(queue);
        sql("select pgq.maint_rotate_tables_step1('" + queue + "')");
        assertThat(currentTable(queue)).isNotEqualTo(current);
    }

    @Test
    void queuesOfThisClusterAreNotTouchedByAnAdoption() {
        var queue = queueFor("c");
        insert(queue, "t", "d");
        tick(queue);

        assertThat(number("select pgq.adopt_queues()")).isZero();

        assertThat(read(queue, "c")).containsExactly("t|d");
    }

    @Test
    void aServerThatPgUpgradeHasMadeGoesOn() {
        var queue = queueFor("c");
        insert(queue, "t", "d");
        sql("update pgq.cluster set system_identifier = system_identifier - 1");

        tick(queue);

        assertThat(read(queue, "c")).containsExactly("t|d");
        assertThat(
                        sql(
                                "select system_identifier = (select system_identifier from pg_control_system()) from pgq.cluster"))
                .isEqualTo("t");
    }

    private void makeDue(String queue) {
        sql(
                "update pgq.queue set queue_ticker_max_lag = '0', queue_switch_time = now() - interval '1 day' where queue_name = ?",
                queue);
    }
}
