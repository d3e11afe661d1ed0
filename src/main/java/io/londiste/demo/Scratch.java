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
 * Temporary directories of this process. They are below one directory per process, on which the process holds a lock. Each
 * process first removes the directories that are no longer locked, and kills servers that still run in them.
 */
final class Scratch {
    private static final String USER = System.getProperty("user.name");
    private static final String PREFIX = "camel-londiste-" + USER + "-";
    private static final String LOCK = "in-use";
    private static Path root;
    private static int made;
    private static int inUse;

    /** Referenced for the life of the process, since garbage collection would release the lock. */
    private static FileLock held;

    private Scratch() {}

    /** Creates a directory. The caller has to {@link #release} it. */
    static synchronized Path directory(String name) throws IOException {
        if (root == null) {
            root = open();
        }
        var directory = permitted(Files.createDirectory(root.resolve(name + "-" + ++made)));
        inUse++;
        return directory;
    }

    /** Deletes a directory that {@link #directory} created; the last call deletes the directory of the process, too. */
    static synchronized void release(Path directory) throws IOException {
        delete(directory);
        if (--inUse == 0) {
            held.acquiredBy().close();
            delete(root);
            root = null;
        }
    }

    /** Deletes a directory with its content; does nothing if it does not exist. */
    static void delete(Path directory) throws IOException {
        boolean again = false;
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            // a server that is ending still creates and removes files, and another process may be deleting, too
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
                    killServers(directory);
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

    /** Whether no process holds the lock. Without a lock file it is not abandoned: its process is about to create the file. */
    private static boolean abandoned(Path directory) {
        try (var channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            return lock != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    private static void killServers(Path directory) throws IOException {
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
