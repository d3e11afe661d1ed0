package io.londiste.demo;

import io.londiste.demo.DemoPicture.Line;
import io.londiste.table.TableName;
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
 * What the demo shows. On a terminal that is a picture drawn over the one before, with the latest messages below it;
 * elsewhere it is a line for each step that a table makes.
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

    /** Whether standard output is a terminal that can be drawn on. */
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

    /** Says what happens, or that something went wrong. */
    synchronized void say(String message) {
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

    /** Ends the picture and writes a line below it. */
    synchronized void close(String lastLine) {
        height = 0;
        out.println(lastLine);
        out.flush();
    }

    synchronized void show(DemoPicture picture) {
        if (terminal) {
            draw(picture);
        } else {
            list(picture);
        }
        out.flush();
    }

    private void list(DemoPicture picture) {
        for (var line : picture.tables()) {
            var state = state(line);
            if (!state.equals(shown.put(line.table(), state))) {
                out.printf(
                        "%s%s: %s (%d rows copied, %d events applied)%n",
                        stamp(), line.table(), state, line.copied(), line.applied());
            }
        }
    }

    private void draw(DemoPicture picture) {
        // a line that is wider than the terminal must not become two
        var text = new StringBuilder(NO_WRAP);
        if (height > 0) {
            text.append("\033[").append(height).append("A\033[J");
        }
        text.append(ROW.formatted("table", "state", "rows copied", "applied", ""));
        picture.tables().forEach(line -> text.append(row(line)));
        text.append("%n%d of %d tables ok, %d rows copied, %d events applied, lag %s%n"
                .formatted(
                        picture.ok(),
                        picture.tables().size(),
                        picture.copied(),
                        picture.applied(),
                        lag(picture.lag())));
        text.append("%d transactions written, %d rolled back. Ctrl-C ends it.%n"
                .formatted(picture.written(), picture.rolledBack()));
        messages.forEach(message -> text.append(message).append(System.lineSeparator()));
        out.print(text.append(WRAP));
        height = picture.tables().size() + 4 + messages.size();
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

    private static String state(Line line) {
        var name = line.state().phase().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return line.reason() == null ? name : name + ", does not go on: " + line.reason();
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
