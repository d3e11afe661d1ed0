package io.londiste.copy;

import io.londiste.db.Jdbc;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** A temporary table, which ends with the transaction, into which rows are copied that something else is done with then. */
abstract class Staging {
    /** Its name. */
    static final String TABLE = "pg_temp.\"londiste copied\"";

    private final TableShape table;
    private final List<Column> columns;

    /**
     * @param table the subscriber's, whose types the rows have
     * @param columns those that are copied
     */
    Staging(TableShape table, List<Column> columns) {
        this.table = table;
        this.columns = columns;
    }

    /** Makes the temporary table. */
    final void begin(Connection target) throws SQLException {
        Jdbc.execute(
                target,
                "create temporary table \"londiste copied\" on commit drop as select " + names() + " from "
                        + table.target() + " where false");
    }

    /** Does what is to be done with its rows. */
    abstract void end(Connection target) throws SQLException;

    final TableShape table() {
        return table;
    }

    /** The names of the columns that are copied. */
    final String names() {
        return columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
    }
}
