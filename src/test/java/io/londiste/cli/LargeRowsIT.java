package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that are large for the memory of the replay. */
class LargeRowsIT extends DaemonFixture {
    private static final Duration LONG = Duration.ofMinutes(5);

    @BeforeEach
    void replicate() throws Exception {
        onBoth("create table t (id int primary key, v text); create table huge (id int primary key, v text);"
                + " create table small (id int primary key)");
        set("conf.ini", "embedded_ticker = 1");
        shell.install();
    }

    private String stateOf(String table) {
        return subscriber.sql(
                "select merge_state || coalesce(': ' || reason, '') from londiste.subscriber_table where table_name = ?",
                "public." + table);
    }

    @Test
    void aBatchLargerThanTheMemoryIsAppliedAndARowThatCannotBeHeldStopsOnlyItsTable() throws Exception {
        for (var table : new String[] {"t", "huge", "small"}) {
            shell.add(table);
        }
        shell.succeed("londiste -d conf.ini replay");
        await().atMost(LONG)
                .until(() -> subscriber
                                .rows("select merge_state from londiste.subscriber_table where merge_state = 'ok'")
                                .size()
                        == 3);
        shell.succeed("londiste -s conf.ini");
        provider.sql("insert into small select generate_series(1, 3000)"); // events are small at first
        provider.sql("begin; insert into t select i, repeat(md5(i::text), 32768) from generate_series(1, 150) i;"
                + " insert into t values (201, repeat('x', 7500000)), (202, repeat('ä€', 1400000));"
                + " insert into huge values (1, repeat('x', 20000000)); insert into small values (0);"
                + " insert into t values (0, 'after'); commit");
        shell.succeed("JAVA_OPTS=-Xmx128m londiste -d conf.ini replay");
        long replay = shell.pid("job").orElseThrow();

        await().atMost(LONG).untilAsserted(() -> assertThat(subscriber.number("select count(*) from t"))
                .as(shell.log("job"))
                .isEqualTo(153));
        await().atMost(LONG).until(() -> subscriber.number("select count(*) from small") == 3001);
        await().untilAsserted(() -> assertThat(stateOf("huge")).contains("it is larger than this process can hold"));
        assertThat(stateOf("t")).isEqualTo("ok");
        assertThat(shell.pid("job")).as("the same process").contains(replay);
        assertEqual("t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text | \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,000 ERROR process \\d+ has run out of memory and ends: give",
                "json | \\{\"time\":\"[0-9-]{10}T[0-9:]{8}.000Z\",\"level\":\"ERROR\",\"process\":\\d+,"
                        + "\"message\":\"process \\d+ has run out of memory and ends: give[^\"]*\"}"
            })
    void aProcessThatRunsOutOfMemorySaysSo(String format, String line) throws Exception {
        set("conf.ini", "log_format = " + format);
        provider.sql("insert into huge values (1, repeat('x', 60000000))");
        shell.add("huge");
        shell.succeed("JAVA_OPTS=-Xmx64m londiste -d conf.ini replay");

        await().atMost(LONG).untilAsserted(() -> assertThat(shell.log("job")).containsPattern("(?m)^" + line));
    }

    @Test
    void itsExitCodeTellsSo() throws Exception {
        provider.sql("insert into huge values (1, repeat('x', 60000000))");
        shell.add("huge");

        var replay = shell.start("JAVA_OPTS=-Xmx64m londiste conf.ini replay", "said.txt");

        assertThat(replay.waitFor()).isEqualTo(3);
    }
}
