package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.TableName;
import io.londiste.subscriber.TableStatus;
import io.londiste.table.TableState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyBarsTest {
    private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(drawn, true, StandardCharsets.UTF_8);

    private static TableStatus table(String name, TableState state, Long rows, Long total, String step) {
        return new TableStatus(
                new TableName("public", name),
                state,
                rows,
                rows == null ? null : 10 * rows,
                total,
                step,
                false,
                false,
                null,
                "");
    }

    /** What was drawn last of each table. */
    private String last(String table) {
        return drawn.toString(StandardCharsets.UTF_8)
                .lines()
                .flatMap(line -> List.of(line.split("[\r\u001b]")).stream())
                .filter(line -> line.contains("public." + table))
                .reduce("", (before, line) -> line);
    }

    @Test
    void eachCopyHasABar() {
        try (var progress = new CopyBars(err, 120)) {
            progress.show(List.of(
                    table("a", TableState.IN_COPY, 1_000L, 4_000L, "rows"),
                    table("b", TableState.NEW, null, null, null),
                    table("c", TableState.IN_COPY, 7L, null, "rows")));
            progress.show(List.of(
                    table("a", TableState.IN_COPY, 2_000L, 4_000L, "rows"),
                    table("b", TableState.NEW, null, null, null),
                    table("c", TableState.OK, 9L, null, "done")));
        }

        assertThat(last("a")).contains("50%", "2000/4000 rows", "20.0 kB");
        assertThat(last("b")).isEmpty();
        assertThat(last("c")).contains("ok 100%", "9/9 rows", "90 B");
    }

    @Test
    void howMuchIsLeftOfMoreRowsThanExpectedIsNotKnown() {
        try (var progress = new CopyBars(err, 120)) {
            progress.show(List.of(table("a", TableState.IN_COPY, 10L, 20L, "rows")));
            progress.show(List.of(table("a", TableState.IN_COPY, 30L, 20L, "rows")));
        }

        assertThat(last("a")).contains("30/? rows").doesNotContain("100%");
    }

    @Test
    void whatIsDoneAfterTheRowsIsSeenOnNarrowTerminals() {
        try (var progress = new CopyBars(err, 80)) {
            progress.show(List.of(table("a", TableState.IN_COPY, 10_000_000L, 20_000_000L, "rows")));
            progress.show(List.of(table("a", TableState.IN_COPY, 30_000_000L, 20_000_000L, "indexes")));
        }

        assertThat(last("a")).startsWith("public.a indexes 100% [").contains("30000000/30000000 rows");
    }

    @Test
    void elsewhereThanOnATerminalThereIsNoBar() {
        try (var progress = new CopyBars(err, 0)) {
            progress.show(List.of(table("a", TableState.IN_COPY, 10L, 20L, "rows")));
        }

        assertThat(drawn.size()).isZero();
        assertThat(Screen.width(err)).isZero();
    }
}
