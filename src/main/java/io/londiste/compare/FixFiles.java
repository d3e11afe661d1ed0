package io.londiste.compare;

import io.londiste.table.TableName;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The files with the statements that mend tables, a file a table. */
final class FixFiles {
    private final Path directory;

    FixFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * Writes the table's, if there is any statement.
     *
     * @param transaction whether to put them between BEGIN and COMMIT
     */
    Repaired write(Comparison comparison, FixSpool spool, boolean transaction) {
        if (spool.statements() == 0) {
            return new Repaired(comparison, 0, null, false);
        }
        var file = directory.resolve(name(comparison.table()));
        spool.write(file, transaction);
        return new Repaired(comparison, spool.statements(), file, false);
    }

    /** {@code fix.<schema>.<table>.sql}; what is not usual in the name of a file is written as in a URL. */
    private static String name(TableName table) {
        return "fix." + encoded(table.schema()) + "." + encoded(table.name()) + ".sql";
    }

    private static String encoded(String name) {
        var encoded = new StringBuilder();
        name.codePoints().forEach(c -> {
            if (Character.isLetterOrDigit(c) || "_-$".indexOf(c) >= 0) {
                encoded.appendCodePoint(c);
            } else {
                encoded.append(URLEncoder.encode(Character.toString(c), StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace(".", "%2E")
                        .replace("*", "%2A"));
            }
        });
        return encoded.toString();
    }
}
