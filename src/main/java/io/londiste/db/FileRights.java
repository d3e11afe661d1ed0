package io.londiste.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;

/** Who may use a file. */
public final class FileRights {
    private FileRights() {}

    /** Whether users other than its owner have rights on a file; false if that is not known. */
    public static boolean isShared(Path file) {
        try {
            var ofOwner = EnumSet.of(
                    PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
            return !ofOwner.containsAll(Files.getPosixFilePermissions(file));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
