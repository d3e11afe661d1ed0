package io.londiste.compare;

import io.londiste.db.SqlState;
import io.londiste.error.LondisteException;
import io.londiste.table.TableName;
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

/** Runs the statements that mend tables, in a transaction of the caller's. Used by one thread. */
final class FixRun {
    private static final int STATEMENTS = 500;
    private static final int CHARACTERS = 1_000_000;

    private final Connection connection;
    private final Families families;
    private final Map<TableName, FixSpool> tables;

    /** @param tables parents before their children */
    FixRun(Connection connection, Families families, Map<TableName, FixSpool> tables) {
        this.connection = connection;
        this.families = families;
        this.tables = tables;
    }

    /**
     * Runs all, each of which has to meet its row. If the order breaks a foreign key, as of rows that point at others of
     * the same table or in a circle, all run again with foreign keys that are checked at the end; for which these tables
     * are locked against everybody.
     */
    void run() throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            runDeferred(families::isParent);
        } catch (SQLException e) {
            var keys = families.within(tables.keySet());
            if (keys.isEmpty() || !SqlState.isConstraintViolation(e)) {
                throw e;
            }
            connection.rollback(before);
            var strict = keys.stream().filter(key -> !key.deferrable()).toList();
            alter(strict, true);
            runDeferred(families::isActingParent);
            alter(strict, false);
        }
    }

    private void alter(List<Families.Key> keys, boolean deferrable) throws SQLException {
        for (var key : keys) {
            SyncPoint.execute(connection, key.alter(deferrable));
        }
    }

    private void runDeferred(Predicate<TableName> keptLast) throws SQLException {
        SyncPoint.execute(connection, "set constraints all deferred");
        for (var spool : inOrder(keptLast)) {
            run(spool);
        }
        SyncPoint.execute(connection, "set constraints all immediate");
    }

    /**
     * Rows go before others come that may have the same unique values, except those at which others point: they go last,
     * when whoever has pointed at them has been mended, children's before their parents', so that no foreign key takes
     * rows along.
     */
    private List<Spool> inOrder(Predicate<TableName> keptLast) {
        var first = new ArrayList<Spool>();
        var last = new ArrayList<Spool>();
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

    private void run(Spool spool) throws SQLException {
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
            throw Spool.failure(e);
        }
    }

    private void run(List<String> batch) throws SQLException {
        if (batch.isEmpty()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (var line : batch) {
                statement.addBatch(line);
            }
            int[] rows = statement.executeBatch();
            for (int i = 0; i < rows.length; i++) {
                if (rows[i] != 1) {
                    throw new LondisteException("did not meet its row; nothing was changed: " + batch.get(i));
                }
            }
        } catch (BatchUpdateException e) {
            // what the server says, without the statements
            throw e.getNextException() == null ? e : e.getNextException();
        }
    }
}
