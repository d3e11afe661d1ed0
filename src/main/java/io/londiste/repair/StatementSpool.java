package io.londiste.repair;

import io.londiste.digest.RowDifferences;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Collects the statements that repair a table on disk, one a line: deletes run before updates and these before inserts, so
 * that unique values are free when they are needed. Used by one thread.
 */
final class StatementSpool implements RowDifferences.Listener, AutoCloseable {
    private final FixStatements fix;
    private final LineSpool deletes = new LineSpool();
    private final LineSpool updates = new LineSpool();
    private final LineSpool inserts = new LineSpool();

    StatementSpool(FixStatements fix) {
        this.fix = fix;
    }

    @Override
    public void missing(List<String> row) {
        inserts.add(fix.insert(row));
    }

    @Override
    public void extra(List<String> row) {
        deletes.add(fix.delete(row));
    }

    @Override
    public void different(List<String> there, List<String> here) {
        if (fix.needsDeleteAndInsert(there, here)) {
            extra(here);
            missing(there);
        } else {
            updates.add(fix.update(there, here));
        }
    }

    long statements() {
        return deletes.lines() + updates.lines() + inserts.lines();
    }

    LineSpool deletes() {
        return deletes;
    }

    LineSpool updates() {
        return updates;
    }

    LineSpool inserts() {
        return inserts;
    }

    /**
     * Writes them to a file, which appears only when it is complete, and which only its owner can read: it contains rows.
     *
     * @param header SQL comments before the statements; may be empty
     */
    void write(Path file, String header, boolean transaction) {
        try {
            // Created with mode 600, and with a name of its own: another process may write the same file.
            Path begun = Files.createTempFile(
                    file.toAbsolutePath().getParent(), file.getFileName().toString(), ".new");
            try {
                try (var out = Files.newBufferedWriter(begun)) {
                    out.write(header);
                    out.write("set client_encoding = 'UTF8';\n");
                    out.write(transaction ? "begin;\n" : "");
                    for (var part : List.of(deletes, updates, inserts)) {
                        part.read().transferTo(out);
                    }
                    out.write(transaction ? "commit;\n" : "");
                }
                Files.move(begun, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(begun);
            }
        } catch (IOException e) {
            throw new LondisteException("cannot write " + file + ": " + e, e);
        }
    }

    @Override
    public void close() {
        try (deletes;
                updates;
                inserts) {
            // all
        }
    }
}
