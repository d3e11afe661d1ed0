package io.londiste.daemon;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/**
 * The file with the process id of a daemon. The process holds a lock on the file while it lives, so that the file of a
 * killed process is recognized as stale even if another process has got the same id.
 */
public final class PidFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private PidFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the file for this process.
     *
     * @throws LondisteException if another process holds it (the message contains its id) or it cannot be written
     */
    public static PidFile take(Path file) {
        try {
            while (true) {
                var channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                if (lock(channel) == null) {
                    var pid = read(channel);
                    channel.close();
                    throw new LondisteException("already running as process "
                            + (pid.isPresent() ? pid.getAsLong() : "?") + " (" + file + ")");
                }
                // Its last owner may have removed the file between our opening and our locking it.
                if (Files.exists(file)) {
                    Files.deleteIfExists(ReloadOutcome.file(file));
                    channel.truncate(0);
                    channel.write(
                            ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
                    return new PidFile(file, channel);
                }
                channel.close();
            }
        } catch (IOException e) {
            throw failure(file, "written", e);
        }
    }

    /** The id of the process that holds the file; empty if there is no file or its process has ended. */
    public static OptionalLong owner(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return lock(channel) == null ? read(channel) : OptionalLong.empty();
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        } catch (IOException e) {
            throw failure(file, "read", e);
        }
    }

    private static LondisteException failure(Path file, String operation, IOException problem) {
        var directory = file.toAbsolutePath().getParent();
        var why = Files.isDirectory(file)
                ? "it is a directory"
                : !Files.isDirectory(directory)
                        ? "no such directory: " + directory
                        : problem instanceof AccessDeniedException ? "permission denied" : problem.toString();
        return new LondisteException("pid file " + file + " cannot be " + operation + ": " + why, problem);
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static OptionalLong read(FileChannel channel) throws IOException {
        var content = ByteBuffer.allocate(32);
        channel.read(content, 0);
        var text = new String(content.array(), 0, content.position(), StandardCharsets.UTF_8).strip();
        return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    /** Removes the file, and the outcome of the latest reload with it. Does nothing when called again: the file may be another process's. */
    @Override
    public synchronized void close() {
        if (!channel.isOpen()) {
            return;
        }
        try (channel) {
            Files.deleteIfExists(ReloadOutcome.file(file));
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failure(file, "removed", e);
        }
    }
}
