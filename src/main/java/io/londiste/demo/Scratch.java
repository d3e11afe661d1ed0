package io.londiste.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;

/**
 * Directories for things that end with this process. All of a process lie below one directory, which it holds by a lock;
 * the next process to come removes those that nobody holds any more, with the servers that were left in them.
 */
final class Scratch {
    private static final String USER = System.getProperty("user.name");
    private static final String PREFIX = "camel-londiste-" + USER + "-";
    private static final String LOCK = "in-use";
    private static Path mine;
    private static int made;
    private static int inUse;

    /** Kept reachable for as long as the process lives: the lock goes with it. */
    private static FileLock held;

    private Scratch() {}

    /** A new directory of this process. It is the caller's to {@link #release}. */
    static synchronized Path directory(String name) throws IOException {
        if (mine == null) {
            mine = open();
        }
        var directory = permitted(Files.createDirectory(mine.resolve(name + "-" + ++made)));
        inUse++;
        return directory;
    }

    /** Deletes a directory that {@link #directory} made; with the last one goes all that this process left. */
    static synchronized void release(Path directory) throws IOException {
        delete(directory);
        if (--inUse == 0) {
            held.acquiredBy().close();
            delete(mine);
            mine = null;
        }
    }

    /** Deletes a directory with all that is in it; one that is not there is fine. */
    static void delete(Path directory) throws IOException {
        boolean again = false;
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            // a server that is just ending makes and removes files of its own, another process may be sweeping
            again = Files.exists(directory);
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e.getCause();
            }
            again = true;
        }
        if (again) {
            delete(directory);
        }
    }

    private static Path open() throws IOException {
        sweep();
        var directory = permitted(
                Files.createTempDirectory(PREFIX + ProcessHandle.current().pid() + "-"));
        var channel =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        held = channel.lock();
        return directory;
    }

    private static void sweep() throws IOException {
        var temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (var directories = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (var directory : directories) {
                if (ours(directory) && abandoned(directory)) {
                    endServers(directory);
                    delete(directory);
                }
            }
        }
    }

    private static boolean ours(Path directory) {
        try {
            return Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS)
                            .getName()
                            .equals(USER)
                    && Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException gone) {
            return false;
        }
    }

    /** One without a lock file is left alone: its process is about to make it. */
    private static boolean abandoned(Path directory) {
        try (var channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            return lock != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    private static void endServers(Path directory) throws IOException {
        try (var clusters = Files.list(directory)) {
            for (var cluster : clusters.toList()) {
                PgCluster.postmaster(cluster).ifPresent(server -> {
                    server.destroyForcibly();
                    server.onExit().join();
                });
            }
        }
    }

    private static Path permitted(Path directory) throws IOException {
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
