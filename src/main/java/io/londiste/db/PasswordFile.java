package io.londiste.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A password file of libpq: lines of {@code host:port:database:user:password}, of which the first match is used. */
final class PasswordFile {
    private static final Logger LOG = LoggerFactory.getLogger(PasswordFile.class);
    private static final int FIELDS = 5;

    private PasswordFile() {}

    /** The password; null if the file has none, cannot be read, or is readable by users other than its owner. */
    static String find(Path file, String host, String port, String database, String user) {
        if (!Files.isRegularFile(file) || readableByOthers(file)) {
            return null;
        }
        try {
            for (var line : Files.readAllLines(file)) {
                var fields = line.startsWith("#") ? List.<String>of() : fields(line);
                if (fields.size() == FIELDS
                        && fits(fields.get(0), host)
                        && fits(fields.get(1), port)
                        && fits(fields.get(2), database)
                        && fits(fields.get(3), user)) {
                    return fields.get(4);
                }
            }
        } catch (IOException e) {
            LOG.warn("{}: ignored, because it cannot be read", file);
        }
        return null;
    }

    private static boolean readableByOthers(Path file) {
        boolean shared = FileRights.isShared(file);
        if (shared) {
            LOG.warn("{}: ignored, because users other than its owner may read it; run: chmod 0600", file);
        }
        return shared;
    }

    private static boolean fits(String pattern, String value) {
        return pattern.equals("*") || pattern.equals(value);
    }

    private static List<String> fields(String line) {
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == ':' && fields.size() < FIELDS - 1) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                if (c == '\\' && i + 1 < line.length()) {
                    c = line.charAt(++i);
                }
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
