package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonBarTest {
    private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(drawn, true, StandardCharsets.UTF_8);
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    private void compare(int width) {
        try (var progress = new ComparisonBar("compare", err, width)) {
            progress.begin(1000);
            progress.done(300);
            progress.print(out, "public.a: equal");
            progress.done(200);
        }
    }

    @Test
    void aBarShowsHowManyRowsAreDone() {
        compare(120);

        assertThat(drawn.toString(StandardCharsets.UTF_8)).contains("compare", " 50%", "500/1000 rows");
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("public.a: equal\n");
    }

    /** What is to be seen on a terminal. */
    private static List<String> screen(String output) {
        var lines = new ArrayList<>(List.of(new StringBuilder()));
        int row = 0;
        int column = 0;
        for (var part : output.split("(?=[\r\n\u001b])|(?<=[\r\n])|(?<=\u001b\\[\\d{1,3}[AB])")) {
            if (part.equals("\r")) {
                column = 0;
            } else if (part.equals("\n")) {
                row++;
                column = 0;
            } else if (part.startsWith("\u001b")) {
                row += part.endsWith("A") ? -1 : 1;
            } else {
                var line = lines.get(row);
                line.replace(column, Math.min(line.length(), column + part.length()), part);
                column += part.length();
            }
            if (row == lines.size()) {
                lines.add(new StringBuilder());
            }
        }
        return lines.stream().map(line -> line.toString().stripTrailing()).toList();
    }

    @Test
    void resultsStandAboveTheBar() {
        try (var progress = new ComparisonBar("compare", err, 120)) {
            progress.begin(1000);
            await().until(() -> drawn.size() > 0);
            progress.print(err, "public.a: equal");
            progress.done(1000);
            progress.print(err, "public.b: equal");
        }

        assertThat(screen(drawn.toString(StandardCharsets.UTF_8)))
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("public.a: equal"),
                        second -> assertThat(second).isEqualTo("public.b: equal"),
                        bar -> assertThat(bar).startsWith("compare 100%"),
                        end -> assertThat(end).isEmpty());
    }

    @Test
    void withoutATerminalNothingIsDrawn() {
        compare(0);

        assertThat(drawn.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("public.a: equal\n");
    }
}
