package io.londiste.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.TableName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyncRunTest {
    private record Result(String table) {}

    private final List<Record> delivered = new ArrayList<>();

    private SyncRun run(String... tables) {
        return new SyncRun(
                null,
                List.of(tables).stream()
                        .map(table -> new SyncedTable(
                                null,
                                TableName.parse(table),
                                null,
                                new WhereCondition(null),
                                new TableProgress(WorkListener.NONE, 0)))
                        .toList(),
                delivered::add,
                closed -> {});
    }

    private static void report(SyncRun run, String table) {
        run.report(TableName.parse(table), new Result(table));
    }

    @Test
    void resultsAreDeliveredInTheOrderOfTheTablesAsSoonAsTheyAreThere() {
        var run = run("a", "b", "c", "d");

        report(run, "b");
        assertThat(delivered).isEmpty();
        report(run, "a");
        assertThat(delivered).containsExactly(new Result("a"), new Result("b"));
        report(run, "d");
        assertThat(delivered).hasSize(2);
        report(run, "c");
        assertThat(delivered).containsExactly(new Result("a"), new Result("b"), new Result("c"), new Result("d"));
        assertThat(run.results()).isEqualTo(delivered);
    }
}
