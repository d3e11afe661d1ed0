package io.londiste.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs (initdb, pg_ctl, postgres) of each major version, unpacked once per user from the jars that the
 * build downloads: {@code target/postgresql/15.jar} and so on. The system property {@code londiste.postgresql}
 * sets another directory with such jars.
 */
public final class PgBinaries {
    private PgBinaries() {}

    /**
     * The directory that contains {@code bin/postgres} of a major version, unpacked if necessary.
     *
     * @throws IOException if there is no jar of that version, or it cannot be unpacked
     */
    public static Path home(int major) throws IOException {
        var jar = jars().resolve(major + ".jar");
        if (!Files.isRegularFile(jar)) {
            throw new IOException(
                    "PostgreSQL " + major + " is not available: " + jar
                            + " is missing. The demo runs in a clone of the project, whose build downloads it (mvn generate-test-resources)");
        }
        try (var zip = new ZipFile(jar.toFile())) {
            var archive = zip.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(jar + " contains no PostgreSQL"));
            var home = cache().resolve(major + "-" + Long.toHexString(archive.getCrc()));
            if (!Files.isDirectory(home)) {
                unpack(zip, archive, home);
            }
            return home;
        }
    }

    private static Path jars() {
        var chosen = System.getProperty("londiste.postgresql");
        if (chosen != null) {
            return Path.of(chosen);
        }
        var home = System.getProperty("londiste.home");
        if (home != null) {
            return Path.of(home, "target/postgresql");
        }
        try {
            // target/classes or target/camel-londiste.jar: the jars are in target/postgresql
            var program = Path.of(PgBinaries.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return program.resolveSibling("postgresql");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The cache directory. Root's is outside of root's home, so that the unprivileged user that runs the server can read it. */
    private static Path cache() {
        var xdg = System.getenv("XDG_CACHE_HOME");
        var caches = Unprivileged.ROOT
                ? Path.of("/var/cache")
                : xdg != null && !xdg.isBlank() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return caches.resolve("camel-londiste/postgresql");
    }

    /** Unpacks to a temporary directory and renames it, so that an incomplete one is never used. */
    private static void unpack(ZipFile zip, ZipEntry archive, Path home) throws IOException {
        Files.createDirectories(home.getParent());
        var unfinished = Files.createTempDirectory(home.getParent(), "unpacking");
        try (var tar = new TarArchiveInputStream(
                new XZInputStream(new BufferedInputStream(zip.getInputStream(archive), 1 << 16)))) {
            permit(unfinished, true);
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(entry, tar, unfinished);
            }
            Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // another process may have finished first; its result is used then
            if (!Files.isDirectory(home)) {
                throw e;
            }
        } finally {
            Scratch.delete(unfinished);
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path into) throws IOException {
        var file = into.resolve(entry.getName()).normalize();
        if (!file.startsWith(into)) {
            throw new IOException("unexpected file name " + entry.getName());
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else if (entry.isDirectory()) {
            Files.createDirectories(file);
            permit(file, true);
        } else {
            Files.copy(content, file);
            permit(file, into.relativize(file).startsWith("bin"));
        }
    }

    /** Sets permissions regardless of the umask, so that an unprivileged user can read what root has unpacked. */
    private static void permit(Path file, boolean execute) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(execute ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
