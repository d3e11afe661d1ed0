package io.londiste.daemon;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outcome of the latest reload, in a file next to the pid file, for the {@code -r} that requested it: the number of the
 * reload and, once it has ended, its outcome. A process that reads number n before it requests a reload waits for the outcome of a
 * later one, which has begun after the request and therefore has read the files as they were then.
 *
 * <p>For use by the daemon's thread only.
 */
final class ReloadOutcome {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadOutcome.class);

    /** How long {@code -r} waits. A reload waits for the current batch, which may take longer. */
    private static final Duration WAIT = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(50);
    private static final String DONE = "done";
    private static final String FAILED = "failed";

    private int number;

    /** The file of the outcome. */
    static Path file(Path pidfile) {
        return pidfile.resolveSibling(pidfile.getFileName() + ".reload");
    }

    /** Records that a reload begins. */
    void begin(Path pidfile) {
        number++;
        write(pidfile, List.of());
    }

    /** Records that the reload has succeeded. */
    void done(Path pidfile, String message) {
        write(pidfile, List.of(DONE, message));
    }

    /** Records why the reload has failed. */
    void failed(Path pidfile, String reason) {
        write(pidfile, List.of(FAILED, reason));
    }

    /** Replaces the file as a whole, so that nobody reads a part of it. */
    private void write(Path pidfile, List<String> outcome) {
        var file = file(pidfile);
        try {
            var written = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(written, number + "\n" + String.join("\n", outcome));
            Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("The outcome of the reload cannot be written for -r to read: {}", e.toString());
        }
    }

    /** The number of the latest reload; 0 if there was none. */
    static int latest(Path pidfile) {
        return Integer.parseInt(read(pidfile).get(0));
    }

    /**
     * Waits for the end of a reload after the given number and returns its message.
     *
     * @throws LondisteException if it fails, or does not end within a minute, or the process ends
     */
    static String await(Path pidfile, int before, ProcessHandle process) {
        var deadline = System.nanoTime() + WAIT.toNanos();
        while (System.nanoTime() < deadline) {
            var alive = process.isAlive();
            var lines = read(pidfile);
            if (Integer.parseInt(lines.get(0)) > before && lines.size() > 2) {
                if (lines.get(1).equals(FAILED)) {
                    throw new LondisteException(lines.get(2));
                }
                return lines.get(2);
            }
            if (!alive) {
                throw new LondisteException("process " + process.pid() + " has ended during the reload; see its log");
            }
            sleep();
        }
        throw new LondisteException("process " + process.pid() + " has not reported the outcome of the reload within "
                + WAIT.toSeconds() + " s. It may be waiting for the end of its current batch; see its log");
    }

    private static List<String> read(Path pidfile) {
        try {
            return Files.readAllLines(file(pidfile));
        } catch (NoSuchFileException e) {
            return List.of("0");
        } catch (IOException e) {
            throw new LondisteException("the outcome of the reload cannot be read from " + file(pidfile) + ": " + e, e);
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LondisteException("interrupted", e);
        }
    }
}
