package io.londiste.pgq.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Schema pgq as clients see it: its tables and functions, queues and what can be set of them, events coming in. */
@ParameterizedClass
@EnumSource
class PgqSqlIT extends PgqSuite {
    @Test
    void functionsHaveTheSignaturesOfPgq35() throws IOException {
        assertThat(rows("""
                        select proname || '(' || pg_get_function_arguments(oid) || ') -> ' || pg_get_function_result(oid)
                        from pg_proc
                        where pronamespace = 'pgq'::regnamespace and proname !~ '^_'
                          and proname not in ('implementation', 'adopt_queues', 'receive_batch', 'sleep_queues') -- ours alone
                        order by proname collate "C", pg_get_function_arguments(oid) collate "C"
                        """)).isEqualTo(lines("functions.txt"));
        assertThat(sql("select pgq.version()")).startsWith("3.5");
    }

    @Test
    void tablesHaveTheColumnsOfPgq35() throws IOException {
        assertThat(rows("""
                        select relname || '.' || attname || ' ' || format_type(atttypid, atttypmod)
                               || case when attnotnull then ' not null' else '' end
                               || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
                        from pg_attribute
                        join pg_class c on c.oid = attrelid
                        left join pg_attrdef on adrelid = attrelid and adnum = attnum
                        where relnamespace = 'pgq'::regnamespace and relkind = 'r' and relname !~ '^event_\\d'
                          and relname <> 'cluster' and attname <> 'queue_asleep' -- ours alone
                          and attnum > 0 and not attisdropped
                        order by relname collate "C", attnum
                        """)).isEqualTo(lines("columns.txt"));
    }

    @Test
    void aQueueIsCreatedOnceWithItsTables() {
        var queue = queue();

        assertThat(sql("select pgq.create_queue(?)", queue)).isEqualTo("0");
        assertThat(rows("""
                        select replace(inhrelid::regclass::text, queue_data_pfx, ''),
                               (select string_agg(pg_get_expr(adbin, adrelid), ' ' order by adnum) like
                                    'nextval(%' || queue_event_seq || '%) txid_current()'
                                from pg_attrdef where adrelid = inhrelid),
                               (select pg_get_indexdef(indexrelid) like '%(ev_txid)' from pg_index where indrelid = inhrelid),
                               (select reloptions @> '{autovacuum_enabled=off}' from pg_class where oid = inhrelid)
                        from pg_inherits join pgq.queue on inhparent = queue_data_pfx::regclass
                        where queue_name = ? order by 1
                        """, queue)).containsExactly("_0|t|t|t", "_1|t|t|t", "_2|t|t|t");
        assertThat(sql("""
                        select count(*), max(tick_id) from pgq.tick join pgq.queue on tick_queue = queue_id
                        where queue_name = ?""", queue)).isEqualTo("1|1");
    }

    @Test
    void aQueueIsDroppedWithEverythingInIt() {
        var queue = queueFor("reader");
        insert(queue, "t", "d");
        var prefix = dataPrefix(queue);
        assertThatThrownBy(() -> sql("select pgq.drop_queue(?)", queue)).hasMessageContaining("consumers");

        assertThat(sql("select pgq.drop_queue(?, true)", queue)).isEqualTo("1");

        assertThat(sql("select count(*) from pg_class where oid::regclass::text like ? || '%'", prefix))
                .isEqualTo("0");
        assertThat(sql("select count(*) from pgq.queue where queue_name = ?", queue))
                .isEqualTo("0");
        assertThatThrownBy(() -> sql("select pgq.drop_queue(?)", queue)).hasMessageContaining("queue");
    }

    @ParameterizedTest
    @CsvSource({
        "ticker_max_count, 7, 7",
        "ticker_max_lag, 10 ms, 00:00:00.01",
        "ticker_idle_period, 2 min, 00:02:00",
        "rotation_period, 1 day, 1 day",
        "ticker_paused, true, t",
        "external_ticker, yes, t"
    })
    void aQueueCanBeConfigured(String parameter, String value, String stored) {
        var queue = queue();

        assertThat(sql("select pgq.set_queue_config(?, ?, ?)", queue, parameter, value))
                .isEqualTo("1");

        assertThat(sql("select queue_" + parameter + " from pgq.queue where queue_name = ?", queue))
                .isEqualTo(stored);
    }

    @Test
    void whatIsNoParameterCannotBeSet() {
        var queue = queue();

        assertThatThrownBy(() -> configure(queue, "cur_table", "2")).hasMessageContaining("cur_table");
        assertThatThrownBy(() -> configure(queue, "ticker_max_lag", "soon")).hasMessageContaining("interval");
        assertThatThrownBy(() -> configure("no such queue", "ticker_max_lag", "1 s"))
                .hasMessageContaining("queue");
    }

    @Test
    void eventsAreNumberedAndKeptAsTheyCame() {
        var queue = queue();

        assertThat(insert(queue, "a", "1")).isEqualTo(1);
        assertThat(insert(queue, "b", null)).isGreaterThan(1);
        sql("select pgq.insert_event(?, null, '', '1', '2', '3', '4')", queue);
        sql("select pgq.insert_event_raw(?, 77, '2020-01-01Z', 5, 3, 't', 'd', null, null, null, 'x')", queue);

        assertThat(rows("""
                        select ev_owner, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4
                        from %s order by ev_id""".formatted(dataPrefix(queue))))
                .containsExactly(
                        "null|null|a|1|null|null|null|null",
                        "null|null|b|null|null|null|null|null",
                        "null|null|null||1|2|3|4",
                        "5|3|t|d|null|null|null|x");
        assertThat(sql("select ev_id, ev_time = '2020-01-01Z' from %s where ev_owner = 5".formatted(dataPrefix(queue))))
                .isEqualTo("77|t");
        assertThat(sql("select count(*) from %s_0".formatted(dataPrefix(queue))))
                .isEqualTo("4");
    }

    @Test
    void eventsCanBeCopiedIntoTheCurrentTable() {
        var queue = queueFor("reader");
        var table = sql("select pgq.current_event_table(?)", queue);

        sql("insert into " + table
                + " (ev_time, ev_type, ev_data) select now(), 'bulk', i from generate_series(1, 3) i");
        tick(queue);

        assertThat(read(queue, "reader")).containsExactly("bulk|1", "bulk|2", "bulk|3");
    }

    @Test
    void aQueueThatIsClosedTakesNoEvents() {
        var queue = queue();
        sql("update pgq.queue set queue_disable_insert = true where queue_name = ?", queue);

        assertThatThrownBy(() -> insert(queue, "t", "d")).hasMessageContaining("disa");
        assertThatThrownBy(() -> sql("select pgq.current_event_table(?)", queue))
                .hasMessageContaining("disa");
        sql("set session_replication_role = replica; select pgq.insert_event('" + queue + "', 't', 'd')");

        assertThat(sql("select count(*) from " + dataPrefix(queue))).isEqualTo("1");
    }

    @Test
    void aTransactionCanBeLimited() {
        var queue = queue();
        sql("update pgq.queue set queue_per_tx_limit = 2 where queue_name = ?", queue);
        var insert = "select pgq.insert_event('" + queue + "', 't', 'd') from generate_series(1, %d)";

        sql(insert.formatted(2));
        sql(insert.formatted(2));

        assertThatThrownBy(() -> sql(insert.formatted(3))).hasMessageContaining("2 events from one");
    }

    @Test
    void whatIsNotThereIsAnError() {
        assertThatThrownBy(() -> insert("no such queue", "t", "d")).hasMessageContaining("queue");
        assertThatThrownBy(() -> insert(null, "t", "d")).hasMessageContaining("ueue name must not be");
        assertThatThrownBy(() -> sql("select pgq.current_event_table('no such queue')"))
                .hasMessageContaining("queue");
        assertThatThrownBy(() -> sql("select pgq.create_queue(null)")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void smallHelpersHelp() {
        assertThat(sql("""
                        select pgq.quote_fqname('a'), pgq.quote_fqname('a.b'), pgq.quote_fqname('A.b.C'),
                               pgq.quote_fqname('select.x')""")).isEqualTo("public.a|a.b|\"A\".\"b.C\"|\"select\".x");
        sql("create sequence public.counter");
        assertThat(sql("select pgq.seq_setval('counter', 9), pgq.seq_setval('counter', 5)"))
                .isEqualTo("9|9");
        assertThat(sql("select pgq.seq_getval('public.counter')")).isEqualTo("9");
        assertThat(sql("select pgq.upgrade_schema()")).isEqualTo("0");
        assertThat(sql("select pgq.tune_storage(?), pgq.grant_perms('" + queue() + "')", "no such queue"))
                .isEqualTo("0|1");
    }

    private static List<String> lines(String resource) throws IOException {
        try (var in = PgqSqlIT.class.getResourceAsStream("/pgq/" + resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
