package io.londiste.copy;

import io.londiste.db.Jdbc;
import io.londiste.replay.TableException;
import io.londiste.table.Operations;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Copies rows into a table whose rows stay, because their deletes are not replicated: by way of a temporary table, from which
 * they replace those of the same key; or, if updates are not replicated either, join them.
 */
final class RowMerge extends Staging {
    private final List<String> key;
    private final Operations operations;

    /**
     * @param key the provider's, which is part of the subscriber's table
     * @param columns those that are copied
     */
    RowMerge(List<String> key, TableShape table, List<Column> columns, Operations operations) {
        super(table, columns);
        if (key.isEmpty() || key.stream().anyMatch(column -> table.column(column) == null)) {
            throw new TableException(
                    table.name(),
                    "it has rows that stay (ops " + operations.text() + "), and no primary key by which they are found",
                    null);
        }
        this.key = key;
        this.operations = operations;
    }

    @Override
    void end(Connection target) throws SQLException {
        Jdbc.execute(target, "analyze " + TABLE);
        if (operations.keepValues()) { // only the spelling of the key is taken over
            Jdbc.execute(
                    target,
                    "delete from " + TABLE + " as s using " + table().target() + " as t where " + sameKey() + " and "
                            + join(key, c -> "t." + c.quoted() + "::text = s." + c.quoted() + "::text"));
        }
        Jdbc.execute(target, "delete from " + table().target() + " as t using " + TABLE + " as s where " + sameKey());
        Jdbc.execute(
                target,
                "insert into " + table().name().quoted() + " (" + names() + ") overriding system value select "
                        + names() + " from " + TABLE);
    }

    private String sameKey() {
        return join(key, c -> "t." + c.quoted() + " " + c.equality() + " s." + c.quoted());
    }

    private String join(List<String> names, Function<Column, String> form) {
        return names.stream().map(table()::column).map(form).collect(Collectors.joining(" and "));
    }
}
