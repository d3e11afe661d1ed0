package io.londiste.repair;

import io.londiste.change.TableName;
import io.londiste.digest.Comparison;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files with the statements that repair tables, one for each table: {@code fix.<schema>.<table>.sql}, or
 * {@code fix.<job>.<schema>.<table>.sql}.
 */
final class FixFiles {
    private static final Logger LOG = LoggerFactory.getLogger(FixFiles.class);

    private final Path directory;
    private final String prefix;
    private final List<Path> changingRows;

    /**
     * @param job the job that the names contain; null: none
     * @param changingRows the operator's route files that may change rows on their way to the subscriber
     */
    FixFiles(Path directory, String job, List<Path> changingRows) {
        this.changingRows = changingRows;
        this.directory = directory;
        this.prefix = job == null ? "fix." : "fix." + encoded(job) + ".";
    }

    /**
     * The result for a table that needs no statement. The file of an earlier repair is removed, so that it is not run
     * by mistake.
     */
    Repaired remove(Comparison comparison) {
        var file = file(comparison.table());
        try {
            if (Files.deleteIfExists(file)) {
                LOG.info("Removed {}, written by an earlier repair: this one found nothing to repair", file);
            }
        } catch (IOException e) {
            throw new LondisteException("cannot remove " + file + " of an earlier repair: " + Causes.root(e), e);
        }
        return new Repaired(comparison, 0, null, false);
    }

    /**
     * Writes the table's file, if there are any statements.
     *
     * @param transaction whether the statements stand between BEGIN and COMMIT
     */
    Repaired write(Comparison comparison, StatementSpool spool, boolean transaction) {
        if (spool.statements() == 0) {
            return remove(comparison);
        }
        var file = file(comparison.table());
        spool.write(file, header(), transaction);
        return new Repaired(comparison, spool.statements(), file, false);
    }

    /** A warning for who runs the statements, as SQL comments; empty if there is nothing to warn of. */
    private String header() {
        return changingRows.isEmpty()
                ? ""
                : "-- Route files leave out or change rows on their way to the subscriber. These statements undo that:\n"
                        + "-- they write the provider's rows as they are.\n"
                        + changingRows.stream()
                                .map(file ->
                                        "-- " + file.toString().replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?") + "\n")
                                .collect(Collectors.joining());
    }

    private Path file(TableName table) {
        return directory.resolve(prefix + encoded(table.schema()) + "." + encoded(table.name()) + ".sql");
    }

    /** Characters that are unusual in file names, and dots, are encoded as in a URL. */
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
