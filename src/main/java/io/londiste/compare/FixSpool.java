package io.londiste.compare;

import io.londiste.LondisteException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Gathers the statements that mend a table, one a line, on disk: deletes come before updates and these before inserts, so
 * that unique values are free when they are needed. Used by one thread.
 */
final class FixSpool implements Differences.Listener, AutoCloseable {
    private final Fix fix;
    private final Part deletes = new Part();
    private final Part updates = new Part();
    private final Part inserts = new Part();
    private long statements;

    FixSpool(Fix fix) {
        this.fix = fix;
    }

    /** The statements of one kind. */
    private static final class Part {
        private final Path file;
        private final BufferedWriter writer;

        private Part() {
            try {
                file = Files.createTempFile("londiste-fix", ".sql");
                writer = Files.newBufferedWriter(file);
            } catch (IOException e) {
                throw new LondisteException("cannot keep statements on disk: " + e.getMessage(), e);
            }
        }

        private void add(String statement) {
            try {
                writer.write(statement);
                writer.write('\n');
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void missing(List<String> row) {
        add(inserts, fix.insert(row));
    }

    @Override
    public void extra(List<String> row) {
        add(deletes, fix.delete(row));
    }

    @Override
    public void different(List<String> there, List<String> here) {
        if (fix.isAwkward(there, here)) {
            extra(here);
            missing(there);
        } else {
            add(updates, fix.update(there, here));
        }
    }

    private void add(Part part, String statement) {
        part.add(statement);
        statements++;
    }

    long statements() {
        return statements;
    }

    private List<Part> parts() {
        return List.of(deletes, updates, inserts);
    }

    /** Writes them to a file, which is not there before all of it is. */
    void write(Path file, boolean transaction) {
        Path begun = file.resolveSibling(file.getFileName() + ".new");
        try {
            try (var out = Files.newBufferedWriter(begun)) {
                out.write(transaction ? "begin;\n" : "");
                for (var part : parts()) {
                    part.writer.flush();
                    try (var in = Files.newBufferedReader(part.file)) {
                        in.transferTo(out);
                    }
                }
                out.write(transaction ? "commit;\n" : "");
            }
            Files.move(begun, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LondisteException("cannot write " + file + ": " + e, e);
        }
    }

    /** Runs them in the caller's transaction; each has to meet its row. */
    void run(Connection subscriber) throws SQLException {
        try (Statement statement = subscriber.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("set constraints all deferred");
            for (var part : parts()) {
                part.writer.flush();
                try (BufferedReader lines = Files.newBufferedReader(part.file)) {
                    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                        if (statement.executeUpdate(line) != 1) {
                            throw new LondisteException("did not meet its row; nothing was changed: " + line);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new LondisteException("cannot read the statements again: " + e, e);
        }
    }

    @Override
    public void close() {
        for (var part : parts()) {
            try (part.writer) {
                Files.deleteIfExists(part.file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
