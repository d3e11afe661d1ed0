package io.londiste.compare;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Gathers the statements that mend a table, one a line, on disk: deletes come before updates and these before inserts, so
 * that unique values are free when they are needed. Used by one thread.
 */
final class FixSpool implements Differences.Listener, AutoCloseable {
    private final Fix fix;
    private final Spool deletes = new Spool();
    private final Spool updates = new Spool();
    private final Spool inserts = new Spool();

    FixSpool(Fix fix) {
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
        if (fix.isAwkward(there, here)) {
            extra(here);
            missing(there);
        } else {
            updates.add(fix.update(there, here));
        }
    }

    long statements() {
        return deletes.lines() + updates.lines() + inserts.lines();
    }

    Spool deletes() {
        return deletes;
    }

    Spool updates() {
        return updates;
    }

    Spool inserts() {
        return inserts;
    }

    /** Writes them to a file, which is not there before all of it is. */
    void write(Path file, boolean transaction) {
        Path begun = file.resolveSibling(file.getFileName() + ".new");
        try {
            try (var out = Files.newBufferedWriter(begun)) {
                out.write(transaction ? "begin;\n" : "");
                for (var part : List.of(deletes, updates, inserts)) {
                    part.read().transferTo(out);
                }
                out.write(transaction ? "commit;\n" : "");
            }
            Files.move(begun, file, StandardCopyOption.REPLACE_EXISTING);
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
