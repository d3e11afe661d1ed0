package io.londiste.definition;

import io.londiste.change.TableName;
import io.londiste.table.Mapping;
import java.util.Map;

/** The subscriber's tables with what they are replicated as. */
record ReplicatedTables(Map<TableName, Mapping> mappings) {
    /** The subscriber's table for one of the provider, which need not be replicated. */
    TableName local(TableName source) {
        return mappings.entrySet().stream()
                .filter(table -> table.getValue().source(table.getKey()).equals(source))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(source);
    }

    boolean isFiltered(TableName table) {
        return mappings.getOrDefault(table, Mapping.NONE).isFilter();
    }
}
