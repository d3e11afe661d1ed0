package io.londiste.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.TableName;
import io.londiste.demo.DemoState.Line;
import io.londiste.table.TableState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoScreenTest {
    private static final TableName ACCOUNT = new TableName("shop", "account");

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void elsewhereThanOnATerminalEachStepIsALine() {
        var screen = new DemoScreen(out, false);

        screen.message("Starting");
        screen.show(picture(TableState.NEW, null, 0));
        screen.show(picture(TableState.CATCHING_UP, null, 100));
        screen.show(picture(TableState.wannaSync(7), null, 100));
        screen.show(picture(TableState.wannaSync(9), null, 100));
        screen.show(picture(TableState.wannaSync(9), "disk full", 100));
        screen.close("demo: done");

        assertThat(lines())
                .extracting(line -> line.replaceFirst("^ *\\d+\\.\\d s  ", ""))
                .containsExactly(
                        "Starting",
                        "shop.account: new (0 rows copied, 3 events applied)",
                        "shop.account: catching-up (100 rows copied, 3 events applied)",
                        "shop.account: wanna-sync (100 rows copied, 3 events applied)",
                        "shop.account: wanna-sync, stopped: disk full (100 rows copied, 3 events applied)",
                        "demo: done");
    }

    @Test
    void onATerminalThePictureIsDrawnOverTheLastOne() {
        var screen = new DemoScreen(out, true);

        screen.show(picture(TableState.IN_COPY, null, 0));
        int height = (int) written.toString(StandardCharsets.UTF_8)
                .chars()
                .filter(c -> c == '\n')
                .count();
        screen.message("WARN: slow");
        screen.show(picture(TableState.OK, null, 100));

        assertThat(lines().get(height)).contains("\033[" + height + "A\033[J");
        assertThat(lines().subList(height, lines().size()))
                .anyMatch(line -> line.contains("shop.account") && line.contains("ok") && line.contains("100"))
                .contains("1 of 1 tables ok, 100 rows copied, 3 events applied, lag 1.5 s", "WARN: slow");
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static DemoState picture(TableState state, String reason, long copied) {
        return new DemoState(List.of(new Line(ACCOUNT, state, reason, copied, 3)), 10, 1, Duration.ofMillis(1500));
    }
}
