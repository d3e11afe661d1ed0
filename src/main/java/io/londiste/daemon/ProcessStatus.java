package io.londiste.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What Linux shows about another process in {@code /proc}. Other systems show nothing there. */
final class ProcessStatus {
    private static final Path PROC = Path.of("/proc");
    private static final Pattern SUSPENDED = Pattern.compile("(?m)^State:\\s+[Tt]\\b");
    private static final Pattern IGNORED = Pattern.compile("(?m)^SigIgn:\\s+([0-9a-f]+)$");

    private final Path directory;

    ProcessStatus(long pid) {
        directory = PROC.resolve(Long.toString(pid));
    }

    /** Whether the process is known to be suspended, by SIGSTOP or Ctrl-Z. */
    boolean isSuspended() {
        return SUSPENDED.matcher(status()).find();
    }

    /** Whether the process is known to ignore the signal. */
    boolean ignores(Signal signal) {
        var ignored = IGNORED.matcher(status());
        return ignored.find() && (Long.parseUnsignedLong(ignored.group(1), 16) & signal.bit()) != 0;
    }

    /** Whether the process is known not to have the file open. */
    boolean lacks(Path file) {
        if (!Files.isDirectory(PROC.resolve("self"))) {
            return false;
        }
        try (var open = Files.list(directory.resolve("fd"))) {
            return open.noneMatch(each -> isSame(each, file));
        } catch (IOException | UncheckedIOException e) {
            return Files.notExists(directory); // otherwise this user may not see it
        }
    }

    private static boolean isSame(Path open, Path file) {
        try {
            return Files.isSameFile(open, file);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private String status() {
        try {
            return Files.readString(directory.resolve("status"));
        } catch (IOException unknown) {
            return "";
        }
    }
}
