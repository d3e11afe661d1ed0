package io.londiste.definition;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.table.Mapping;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tables of the provider that are missing on the subscriber, and can be created there. */
public final class MissingTables {
    private final Creation creation;
    private final Map<TableName, Mapping> missing;
    private final Map<TableName, TableDefinition> definitions;

    private MissingTables(
            Creation creation, Map<TableName, Mapping> missing, Map<TableName, TableDefinition> definitions) {
        this.creation = creation;
        this.missing = missing;
        this.definitions = definitions;
    }

    /**
     * Reads their definitions.
     *
     * @param missing the subscriber's tables, with what they are to be replicated as
     */
    public static MissingTables read(
            Database provider, Duration lockTimeout, Creation creation, Map<TableName, Mapping> missing) {
        return provider.transaction(lockTimeout, transaction -> {
            var reader = new DefinitionReader(transaction);
            var definitions = new LinkedHashMap<TableName, TableDefinition>();
            for (var table : missing.entrySet()) {
                definitions.put(table.getKey(), reader.read(table.getValue().source(table.getKey()), creation));
            }
            return new MissingTables(creation, missing, definitions);
        });
    }

    /**
     * Creates the tables in a transaction of the subscriber, and logs what is left out.
     *
     * @param all what all tables of the subscriber are replicated as, including these
     * @throws io.londiste.error.LondisteException if one cannot be created; the transaction must be rolled back
     */
    public void create(Connection transaction, Database subscriber, Map<TableName, Mapping> all) throws SQLException {
        var creations = new ArrayList<TableCreation>();
        for (var table : definitions.entrySet()) {
            creations.add(new TableCreation(
                    transaction, subscriber, creation, table.getValue(), table.getKey(), missing.get(table.getKey())));
        }
        for (var each : creations) {
            each.create();
        }
        for (var each : creations) {
            each.createForeignKeys(new ReplicatedTables(all));
        }
    }
}
