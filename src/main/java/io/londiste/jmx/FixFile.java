package io.londiste.jmx;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/** The file with the statements of a repair, which is read only as long as it is what that repair has written. */
final class FixFile {
    private final Path path;
    private final Version written;

    /** @param path of a file that has just been written */
    FixFile(Path path) {
        this.path = path;
        this.written = version();
    }

    /** Tells a file from one that another repair, or another job, has put in its place. */
    private record Version(Object key, FileTime modified, long size) {}

    private Version version() {
        try {
            var found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() ? new Version(found.fileKey(), found.lastModifiedTime(), found.size()) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * A part of the statements.
     *
     * @param from where it begins, in bytes
     * @param length its largest size, in bytes
     * @throws LondisteException if the file was changed, replaced or removed since
     */
    Part part(long from, int length) {
        try (var file = FileChannel.open(path, LinkOption.NOFOLLOW_LINKS)) {
            if (written == null || !written.equals(version())) {
                throw changed(null);
            }
            var bytes = ByteBuffer.allocate(Part.length(from, length, written.size));
            while (bytes.hasRemaining()) {
                if (file.read(bytes, from + bytes.position()) < 0) {
                    throw changed(null);
                }
            }
            return Part.of(bytes.array(), from, written.size);
        } catch (IOException e) {
            throw changed(e);
        }
    }

    private LondisteException changed(IOException cause) {
        return new LondisteException(
                path + " was written again or removed since; repair the table again to see its statements", cause);
    }
}
