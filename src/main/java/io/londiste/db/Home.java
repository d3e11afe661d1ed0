package io.londiste.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds home directories in the same way as shells. */
public final class Home {
    private static final Path USERS = Path.of("/etc/passwd");
    private static final int DIRECTORY = 5;

    private Home() {}

    /** The value of HOME, or else the home directory of the JVM's user. */
    public static Path own() {
        var home = System.getenv("HOME");
        return Path.of(home == null || home.isEmpty() ? System.getProperty("user.home") : home);
    }

    /** The home directory of a user of this machine; null if there is no such user. */
    public static Path of(String user) {
        try (var lines = Files.lines(USERS)) {
            return lines.map(line -> line.split(":"))
                    .filter(fields -> fields.length > DIRECTORY && fields[0].equals(user))
                    .map(fields -> Path.of(fields[DIRECTORY]))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }
}
