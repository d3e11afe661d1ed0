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
 * build fetches: {@code target/postgresql/15.jar} and so on. The system property {@code londiste.postgresql}
 * names another directory of such jars.
 */
public final class PgBinaries {
    private PgBinaries() {}

    /**
     * The directory that holds {@code bin/postgres} of a major version, unpacked if it was not yet.
     *
     * @throws IOException if there is no jar of that version, or it cannot be unpacked
     */
    public static Path home(int major) throws IOException {
        var jar = jars().resolve(major + ".jar");
        if (!Files.isRegularFile(jar)) {
            throw new IOException("no PostgreSQL " + major + " here: " + jar
                    + " is missing (mvn generate-test-resources fetches it)");
        }
        try (var zip = new ZipFile(jar.toFile())) {
            var archive = zip.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(jar + " holds no PostgreSQL"));
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
            // target/classes or target/camel-londiste.jar: the jars are beside either
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

    /** Root's cache is where the unprivileged user that runs the server can read it, which root's home is not. */
    private static Path cache() {
        var xdg = System.getenv("XDG_CACHE_HOME");
        var caches = Unprivileged.ROOT
                ? Path.of("/var/cache")
                : xdg != null && !xdg.isBlank() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return caches.resolve("camel-londiste/postgresql");
    }

    /** Unpacks beside the goal and renames, so that a half unpacked one is never taken for whole. */
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
            // another process may have been first, which is as good
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

    /** Whatever the umask is: an unprivileged user is to read what root unpacked. */
    private static void permit(Path file, boolean execute) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(execute ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
