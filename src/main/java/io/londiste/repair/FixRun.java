package io.londiste.repair;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Runs the statements that repair tables, in the caller's transaction. Used by one thread. */
final class FixRun {
    private static final int STATEMENTS = 500;
    private static final int CHARACTERS = 1_000_000;

    private final Connection connection;
    private final ForeignKeys foreignKeys;
    private final Map<TableName, StatementSpool> tables;

    /** @param tables parents before their children */
    FixRun(Connection connection, ForeignKeys foreignKeys, Map<TableName, StatementSpool> tables) {
        this.connection = connection;
        this.foreignKeys = foreignKeys;
        this.tables = tables;
    }

    /**
     * Runs all statements, each of which must change exactly one row. If their order breaks a foreign key, as with rows
     * that reference others of the same table or tables that reference each other, all run again with foreign keys that
     * are checked at the end; the tables are locked exclusively for that.
     */
    void run() throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            runDeferred(foreignKeys::isParent);
        } catch (SQLException e) {
            var keys = foreignKeys.within(tables.keySet());
            if (keys.isEmpty() || !SqlState.isConstraintViolation(e)) {
                throw e;
            }
            connection.rollback(before);
            var strict = keys.stream().filter(key -> !key.deferrable()).toList();
            alter(strict, true);
            runDeferred(foreignKeys::isActingParent);
            alter(strict, false);
        }
    }

    private void alter(List<ForeignKeys.Key> keys, boolean deferrable) throws SQLException {
        for (var key : keys) {
            Jdbc.execute(connection, key.alter(deferrable));
        }
    }

    private void runDeferred(Predicate<TableName> keptLast) throws SQLException {
        Jdbc.execute(connection, "set constraints all deferred");
        for (var spool : inOrder(keptLast)) {
            run(spool);
        }
        Jdbc.execute(connection, "set constraints all immediate");
    }

    /**
     * Deletes run first, so that unique values are free for the rows that are inserted. Deletes of rows that may be
     * referenced run last, when the rows that have referenced them are repaired, and those of children before those of
     * their parents, so that no foreign key deletes further rows.
     */
    private List<LineSpool> inOrder(Predicate<TableName> keptLast) {
        var first = new ArrayList<LineSpool>();
        var last = new ArrayList<LineSpool>();
        tables.forEach((table, fix) -> {
            if (keptLast.test(table)) {
                last.add(0, fix.deletes());
            } else {
                first.add(fix.deletes());
            }
        });
        tables.values().forEach(fix -> first.addAll(List.of(fix.updates(), fix.inserts())));
        first.addAll(last);
        return first;
    }

    private void run(LineSpool spool) throws SQLException {
        try {
            var lines = spool.read();
            var batch = new ArrayList<String>();
            int characters = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                batch.add(line);
                characters += line.length();
                if (batch.size() == STATEMENTS || characters > CHARACTERS) {
                    run(batch);
                    batch.clear();
                    characters = 0;
                }
            }
            run(batch);
        } catch (IOException e) {
            throw LineSpool.failure(e);
        }
    }

    private void run(List<String> batch) throws SQLException {
        if (batch.isEmpty()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (var line : batch) {
                statement.addBatch(Jdbc.escaped(line));
            }
            int[] rows = statement.executeBatch();
            for (int i = 0; i < rows.length; i++) {
                if (rows[i] != 1) {
                    throw new LondisteException("statement did not find its row; nothing was changed: " + batch.get(i));
                }
            }
        } catch (BatchUpdateException e) {
            // the server's message, without the statements
            throw e.getNextException() == null ? e : e.getNextException();
        }
    }
}
