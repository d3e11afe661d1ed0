package io.londiste.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The terminal to which standard error may be connected. */
final class Screen {
    private static final int DEFAULT_WIDTH = 80;

    private Screen() {}

    /** The number of columns; 0 if the stream is not a terminal with cursor control. */
    static int width(PrintStream stream) {
        var term = System.getenv("TERM");
        if (stream != System.err || term == null || term.equals("dumb")) {
            return 0;
        }
        try {
            var size = new ProcessBuilder("sh", "-c", "test -t 2 && stty size <&2")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var words = new String(size.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (size.waitFor() != 0 || !words.matches("\\d+ \\d+")) {
                return 0;
            }
            int columns = Integer.parseInt(words.split(" ")[1]);
            return columns == 0 ? DEFAULT_WIDTH : columns;
        } catch (IOException noShell) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
