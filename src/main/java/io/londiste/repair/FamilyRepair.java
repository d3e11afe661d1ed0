package io.londiste.repair;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.digest.Comparison;
import io.londiste.digest.TableDigests;
import io.londiste.error.LondisteException;
import io.londiste.sync.SyncPoints;
import io.londiste.table.Partitions;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Repairs tables that foreign keys link, in one transaction while the replay waits. Used by one thread, once. */
final class FamilyRepair {
    private final SyncPoints points;
    private final RepairRun run;
    private final List<TableDigests> tables;
    private final Map<TableName, Repaired> results = new LinkedHashMap<>();

    /** @param tables those that differ, parents before their children */
    FamilyRepair(SyncPoints points, RepairRun run, List<TableDigests> tables) {
        this.points = points;
        this.run = run;
        this.tables = tables;
    }

    /** The results of all tables; either all or none of them were repaired. */
    Map<TableName, Repaired> run() {
        try {
            points.whileReplayWaits(this::repair);
            results.replaceAll((table, written) -> written.afterRun());
        } catch (LondisteException e) {
            var problem = new LondisteException(problem(e.getMessage()), e);
            tables.forEach(table -> results.put(table.table(), Repaired.unknown(table.table(), problem)));
        }
        return results;
    }

    private Void repair(Connection there, Connection here) throws SQLException {
        var statements = new LinkedHashMap<TableName, StatementSpool>();
        try {
            for (var table : tables) {
                var spool = new StatementSpool(FixStatements.of(table, here));
                statements.put(table.table(), spool);
                results.put(table.table(), write(table, spool, there, here));
            }
            for (var table : tables) {
                makePartitions(table, there, here);
            }
            new FixRun(here, run.foreignKeys(), statements).run();
            return null;
        } finally {
            statements.values().forEach(StatementSpool::close);
        }
    }

    /** Somebody may have dropped partitions whose rows are inserted again. */
    private void makePartitions(TableDigests table, Connection there, Connection here) throws SQLException {
        var mapping = table.comparison().mapping();
        if (mapping.partitioning() != null) {
            var source = new TableShapes().shape(there, mapping.source(table.table()));
            Partitions.makeAll(there, source, here, points.queue(), table.table(), mapping);
        }
    }

    /** Finds the rows that differ now, and writes the statements to the table's file. */
    private Repaired write(TableDigests table, StatementSpool spool, Connection there, Connection here)
            throws SQLException {
        try {
            return run.files().write(findRows(table, spool, there, here), spool, true);
        } catch (LondisteException e) {
            throw new LondisteException(table.table() + ": " + e.getMessage(), e);
        }
    }

    /** The transaction writes, but functions called in a client's condition must not. */
    private static Comparison findRows(TableDigests table, StatementSpool spool, Connection there, Connection here)
            throws SQLException {
        Savepoint before = here.setSavepoint();
        Jdbc.execute(here, "set local transaction_read_only = on");
        var found = table.comparison().findRows(table, there, here, spool);
        here.rollback(before);
        return found;
    }

    private String problem(String failure) {
        var others = tables.size() == 1
                ? ""
                : "; foreign keys link "
                        + tables.stream().map(table -> table.table().toString()).collect(Collectors.joining(", "))
                        + ": none of these tables was changed";
        var statements = results.values().stream()
                .filter(repaired -> repaired.file() != null)
                .map(repaired -> repaired.file().toString())
                .collect(Collectors.joining(", "));
        return failure + others + (statements.isEmpty() ? "" : "; the statements are in " + statements);
    }
}
