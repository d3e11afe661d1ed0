package io.londiste.copy;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** Hands copied rows to a function, as if they were inserted. */
final class HandedRows extends Staging {
    private final List<String> key;
    private final String function;

    /**
     * @param key the provider's
     * @param columns those that are copied
     * @param function its name as SQL writes it
     */
    HandedRows(List<String> key, TableShape table, List<Column> columns, String function) {
        super(table, columns);
        this.key = key;
        this.function = function;
    }

    @Override
    void end(Connection target) throws SQLException {
        var keys = key.stream().map(column -> "s." + TableName.quote(column)).collect(Collectors.joining(", "));
        Jdbc.execute(
                target,
                "select count(*) from (select " + Jdbc.escaped(function) + "('insert'::text, ?::text, "
                        + (key.isEmpty() ? "null::jsonb" : "(select to_jsonb(k) from (select " + keys + ") as k)")
                        + ", to_jsonb(s)) from " + TABLE + " as s offset 0) as called",
                table().name().toString());
    }
}
