package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ComparisonProgressTest {
    private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(drawn, true, StandardCharsets.UTF_8);
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    private void compare(int width) {
        try (var progress = new ComparisonProgress("compare", err, width)) {
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

    @Test
    void withoutATerminalNothingIsDrawn() {
        compare(0);

        assertThat(drawn.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("public.a: equal\n");
    }
}
