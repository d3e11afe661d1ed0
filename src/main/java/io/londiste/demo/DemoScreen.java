package io.londiste.demo;

import io.londiste.change.TableName;
import io.londiste.demo.DemoState.Line;
import io.londiste.table.TableState;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The output of the demo. On a terminal it is a table that is redrawn in place, with the latest messages below it;
 * otherwise a line for each change of a table's state.
 */
final class DemoScreen {
    private static final int MESSAGES = 5;
    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";
    private static final String ROW = "%-32s %-16s %12s %12s  %s%n";

    private final PrintStream out;
    private final boolean terminal;
    private final long began = System.nanoTime();
    private final Map<TableName, String> shown = new HashMap<>();
    private final Deque<String> messages = new ArrayDeque<>();
    private int height;

    DemoScreen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether standard output is a terminal with cursor control. */
    static boolean onTerminal() {
        try {
            var term = System.getenv("TERM");
            return term != null
                    && !term.equals("dumb")
                    && new ProcessBuilder("test", "-t", "1").inheritIO().start().waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Prints a message. */
    synchronized void message(String message) {
        if (!terminal || height == 0) {
            out.println(terminal ? message : stamp() + message);
            out.flush();
            return;
        }
        messages.addLast(firstLine(message));
        if (messages.size() > MESSAGES) {
            messages.removeFirst();
        }
    }

    /** Prints a line below the table and stops redrawing it. */
    synchronized void close(String lastLine) {
        height = 0;
        out.println(lastLine);
        out.flush();
    }

    synchronized void show(DemoState state) {
        if (terminal) {
            draw(state);
        } else {
            list(state);
        }
        out.flush();
    }

    private void list(DemoState state) {
        for (var line : state.tables()) {
            var text = describe(line);
            if (!text.equals(shown.put(line.table(), text))) {
                out.printf(
                        "%s%s: %s (%d rows copied, %d events applied)%n",
                        stamp(), line.table(), text, line.copied(), line.applied());
            }
        }
    }

    private void draw(DemoState state) {
        // a line that is wider than the terminal must not become two
        var text = new StringBuilder(NO_WRAP);
        if (height > 0) {
            text.append("\033[").append(height).append("A\033[J");
        }
        text.append(ROW.formatted("table", "state", "rows copied", "applied", ""));
        state.tables().forEach(line -> text.append(row(line)));
        text.append("%n%d of %d tables ok, %d rows copied, %d events applied, lag %s%n"
                .formatted(state.ok(), state.tables().size(), state.copied(), state.applied(), lag(state.lag())));
        text.append("%d transactions written, %d rolled back. Press Ctrl-C to end.%n"
                .formatted(state.written(), state.rolledBack()));
        messages.forEach(message -> text.append(message).append(System.lineSeparator()));
        out.print(text.append(WRAP));
        height = state.tables().size() + 4 + messages.size();
    }

    private static String row(Line line) {
        var color = line.reason() != null ? 31 : line.state().equals(TableState.OK) ? 32 : 33;
        var painted = "\033[" + color + "m%-16s\033[0m".formatted(line.state());
        return ROW.formatted(
                line.table(),
                painted,
                line.copied(),
                line.applied(),
                line.reason() == null ? "" : firstLine(line.reason()));
    }

    private static String describe(Line line) {
        var name = line.state().phase().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return line.reason() == null ? name : name + ", stopped: " + line.reason();
    }

    private static String lag(Duration lag) {
        return lag == null ? "-" : "%.1f s".formatted(lag.toMillis() / 1000.0);
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    private String stamp() {
        return "%5.1f s  ".formatted((System.nanoTime() - began) / 1e9);
    }
}
