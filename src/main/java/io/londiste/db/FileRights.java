package io.londiste.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;

/** Who may use a file. */
public final class FileRights {
    private static final Integer ROOT = 0;

    private FileRights() {}

    /**
     * Whether users other than those meant can read a file: all users, or a group, unless root owns the file. A service's file of root
     * that the service's group may read is usual; PostgreSQL accepts it for keys as well. False if that is not known.
     */
    public static boolean isExposed(Path file) {
        try {
            var rights = Files.getPosixFilePermissions(file);
            return rights.contains(PosixFilePermission.OTHERS_READ)
                    || rights.contains(PosixFilePermission.GROUP_READ)
                            && !ROOT.equals(Files.getAttribute(file, "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

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
