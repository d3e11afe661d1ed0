package io.londiste.pgq.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** When queues are ticked, and how that is reported. */
@ParameterizedClass
@EnumSource
class PgqTickerIT extends PgqSuite {
    private static final String AGE_TICKS = """
            update pgq.tick set tick_time = tick_time - interval '%s'
            where tick_queue = (select queue_id from pgq.queue where queue_name = '%s')""";

    @Test
    void theTickerWaitsForEnoughEventsOrForTime() {
        var queue = queue();
        long last = tick(queue);
        configure(queue, "ticker_max_count", "3");
        insert(queue, "t", "1");
        insert(queue, "t", "2");
        assertThat(sql("select pgq.ticker(?)", queue)).isEqualTo("null");

        insert(queue, "t", "3");
        assertThat(number("select pgq.ticker(?)", queue)).isEqualTo(last + 1);

        insert(queue, "t", "4");
        assertThat(sql("select pgq.ticker(?)", queue)).isEqualTo("null");
        sql(AGE_TICKS.formatted("3.1 s", queue));
        assertThat(number("select pgq.ticker(?)", queue)).isEqualTo(last + 2);

        sql(AGE_TICKS.formatted("61 s", queue));
        assertThat(number("select pgq.ticker(?)", queue))
                .as("an idle queue is ticked now and then")
                .isEqualTo(last + 3);
    }

    @Test
    void allQueuesAreTickedAtOnce() {
        var one = queue();
        var two = queue();
        var paused = queue();
        configure(paused, "ticker_paused", "true");
        sql("select pgq.force_tick(?), pgq.force_tick('" + two + "'), pgq.force_tick('" + paused + "')", one);

        assertThat(number("select pgq.ticker()")).isGreaterThanOrEqualTo(2);

        assertThat(rows("select queue_name, last_tick_id from pgq.get_queue_info()"))
                .contains(one + "|2", two + "|2", paused + "|1");
    }

    @Test
    void aTickCanBeForced() {
        var queue = queue();

        assertThat(sql("select pgq.force_tick(?)", queue)).isEqualTo("1");
        assertThat(sql("select pgq.ticker(?)", queue)).isEqualTo("2");
        assertThat(sql("select pgq.force_tick(?)", queue)).isEqualTo("2");
        assertThat(sql("select pgq.force_tick('no such queue')")).isEqualTo("null");
        assertThatThrownBy(() -> sql("select pgq.ticker('no such queue')")).hasMessageContaining("queue");
        configure(queue, "ticker_paused", "true");
        assertThatThrownBy(() -> sql("select pgq.ticker(?)", queue)).hasMessageContaining("paused");
    }

    @Test
    void ticksCanComeFromElsewhere() {
        var queue = queueFor("reader");
        var external = "select pgq.ticker('" + queue + "', %d, '2020-01-01Z', 7000)";
        assertThatThrownBy(() -> sql(external.formatted(500))).hasMessageContaining(queue);
        configure(queue, "external_ticker", "true");
        insert(queue, "t", "1");

        assertThat(sql(external.formatted(500))).isEqualTo("500");

        assertThat(read(queue, "reader")).containsExactly("t|1");
        assertThat(sql("select last_tick_id from pgq.get_queue_info(?)", queue)).isEqualTo("500");
        assertThat(insert(queue, "t", "2")).as("the sequence was moved up").isGreaterThan(7000);
        assertThatThrownBy(() -> sql(external.formatted(500))).hasMessageContaining("tick_pkey");
        assertThatThrownBy(() -> sql("select pgq.ticker(?)", queue)).hasMessageContaining("extern");
    }

    @Test
    void aQueueReportsHowItRuns() {
        var queue = queue();
        configure(queue, "ticker_paused", "true");
        sql("delete from pgq.tick where tick_queue = (select queue_id from pgq.queue where queue_name = ?)", queue);
        sql("""
                insert into pgq.tick
                select queue_id, i, now() - make_interval(secs => 21 - i), '1:1:', i * 10
                from pgq.queue, generate_series(1, 20) i where queue_name = ?""", queue);
        sql("select setval(queue_event_seq, 207) from pgq.queue where queue_name = ?", queue);

        assertThat(sql("""
                        select queue_name, queue_ntables, queue_cur_table, queue_rotation_period, queue_external_ticker,
                               queue_ticker_paused, queue_ticker_max_count, queue_ticker_max_lag, queue_ticker_idle_period,
                               ticker_lag between '1 s' and '5 s', round(ev_per_sec), ev_new, last_tick_id
                        from pgq.get_queue_info(?)""", queue)).isEqualTo(queue + "|3|0|02:00:00|f|t|500|00:00:03|00:01:00|t|10|7|20");
        assertThat(sql("select * from pgq.get_queue_info('no such queue')")).isEmpty();
    }
}
