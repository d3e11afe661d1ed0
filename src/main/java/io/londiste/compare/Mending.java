package io.londiste.compare;

import io.londiste.error.LondisteException;
import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Mends tables while the replay stands still, those that foreign keys link in one transaction. One transaction at a time:
 * who stands at a tick keeps the replay from the next.
 */
final class Mending {
    private final SyncedTables tables;
    private final FixFiles files;
    private final Families families;

    Mending(SyncedTables tables, FixFiles files) {
        this.tables = tables;
        this.files = files;
        this.families = tables.families();
    }

    /** Each family of tables is mended as soon as all of it has been looked at. */
    Map<TableName, CompletableFuture<Repaired>> mend(Map<TableName, CompletableFuture<Look>> looks) {
        var results = new LinkedHashMap<TableName, CompletableFuture<Repaired>>();
        looks.keySet().forEach(table -> results.put(table, null)); // the order stays
        for (var family : families.of(looks.keySet())) {
            var members = family.stream().map(looks::get).toList();
            var mended = CompletableFuture.allOf(members.toArray(CompletableFuture[]::new))
                    .thenApply(all ->
                            mend(members.stream().map(CompletableFuture::join).toList()));
            family.forEach(table -> results.put(table, mended.thenApply(all -> all.get(table))));
        }
        return results;
    }

    private Map<TableName, Repaired> mend(List<Look> family) {
        var results = new HashMap<TableName, Repaired>();
        family.forEach(look -> results.put(look.table(), look.result()));
        var differing = family.stream().filter(look -> look.found() != null).toList();
        if (!differing.isEmpty()) {
            results.putAll(stand(differing));
        }
        return results;
    }

    private synchronized Map<TableName, Repaired> stand(List<Look> differing) {
        var written = new LinkedHashMap<TableName, Repaired>();
        try {
            tables.points().stand((there, here) -> {
                var spools = new LinkedHashMap<TableName, FixSpool>();
                try {
                    for (var look : differing) {
                        spools.put(look.table(), gather(look, there, here, written));
                    }
                    new FixRun(here, families, spools).run();
                    return null;
                } finally {
                    spools.values().forEach(FixSpool::close);
                }
            });
            written.replaceAll((table, repaired) -> repaired.run());
        } catch (LondisteException e) {
            var problem = problem(e.getMessage(), differing, written);
            differing.forEach(look -> written.put(look.table(), Repaired.unknown(look.table(), problem)));
        }
        return written;
    }

    private FixSpool gather(Look look, Connection there, Connection here, Map<TableName, Repaired> written)
            throws SQLException {
        var spool = new FixSpool(Fix.of(look.found().shape(), look.found().here(), here));
        try {
            var comparison = look.comparison().rows(look.found(), there, here, spool);
            written.put(look.table(), files.write(comparison, spool, true));
            return spool;
        } catch (LondisteException e) {
            spool.close();
            throw new LondisteException(look.table() + ": " + e.getMessage(), e);
        } catch (SQLException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    private static String problem(String failure, List<Look> differing, Map<TableName, Repaired> written) {
        var others = differing.size() == 1
                ? ""
                : "; foreign keys link "
                        + differing.stream()
                                .map(look -> look.table().toString())
                                .collect(Collectors.joining(", "))
                        + ": none of them was changed";
        var statements = written.values().stream()
                .filter(repaired -> repaired.file() != null)
                .map(repaired -> repaired.file().toString())
                .collect(Collectors.joining(", "));
        return failure + others + (statements.isEmpty() ? "" : "; the statements are in " + statements);
    }
}
