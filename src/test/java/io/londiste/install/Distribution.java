package io.londiste.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** What the build has packed. Tests are skipped where it was told not to ({@code -DskipDistribution}). */
final class Distribution {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Pattern VERSION =
            Pattern.compile("<artifactId>camel-londiste-parent</artifactId>\\s*<version>(.*?)<");

    private Distribution() {}

    /** The project's version. */
    static String version() throws IOException {
        return VERSION.matcher(Files.readString(Path.of("pom.xml")))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }

    /** The name of the directory in the archive. */
    static String name() throws IOException {
        return "camel-londiste-" + version();
    }

    /** The archive, {@code .tar.gz}. */
    static Path archive() throws IOException {
        return built(TARGET.resolve(name() + ".tar.gz"));
    }

    /** The Debian package. */
    static Path debianPackage() throws IOException {
        return built(TARGET.resolve("camel-londiste_" + version() + "_all.deb"));
    }

    /** Unpacks the archive for all users to read; returns the directory of the program. */
    static Path unpack(Path into) throws IOException, InterruptedException {
        Files.setPosixFilePermissions(into, PosixFilePermissions.fromString("rwxr-xr-x"));
        Ran.of(new ProcessBuilder("tar", "-xzf", archive().toString(), "-C", into.toString()))
                .succeeded();
        return into.resolve(name());
    }

    /** Changes the permissions of a directory and of all in it, as the program chmod does. */
    static void chmod(String mode, Path directory) throws IOException, InterruptedException {
        Ran.of(new ProcessBuilder("chmod", "-R", mode, directory.toString())).succeeded();
    }

    private static Path built(Path file) {
        Assumptions.assumeTrue(Files.exists(file), file + " has not been built");
        return file;
    }
}
