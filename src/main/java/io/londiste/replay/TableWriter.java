package io.londiste.replay;

import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.Causes;
import io.londiste.replay.NetChanges.Move;
import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Runs statements that write rows; their errors name the table. */
final class TableWriter {
    private final Connection transaction;

    TableWriter(Connection transaction) {
        this.transaction = transaction;
    }

    /** Defers deferrable constraints until {@link #checkDeferred}: a batch may violate them temporarily. */
    void deferConstraints() throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute("set constraints all deferred");
        }
    }

    /** Checks the deferred constraints. A violation is attributed to the table that the server names. */
    void checkDeferred() throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute("set constraints all immediate; set constraints all deferred");
        } catch (PSQLException e) {
            ServerErrorMessage said = e.getServerErrorMessage();
            if (said == null || said.getTable() == null) {
                throw e;
            }
            throw of(new TableName(said.getSchema(), said.getTable()), e);
        }
    }

    /** Runs a statement of {@link TableSql} with these rows and returns how many it found. */
    int write(TableName table, String sql, Collection<Row> rows) throws SQLException {
        return write(table, sql, json(rows));
    }

    /** Runs {@link TableSql#move} with rows and their old keys and returns how many it found. */
    int move(TableName table, String sql, Collection<Move> moves) throws SQLException {
        return write(
                table,
                sql,
                moves.stream()
                        .map(move -> "{\"r\":" + move.image().toJson() + ",\"o\":"
                                + move.origin().toJson() + "}")
                        .collect(Collectors.joining(",", "[", "]")));
    }

    /** Runs a counting statement with the rows. */
    int count(TableName table, String sql, Row row) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(sql)) {
            statement.setString(1, json(List.of(row)));
            try (ResultSet count = statement.executeQuery()) {
                count.next();
                return count.getInt(1);
            }
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    /** Runs {@link TableSql#keyNumbers} with rows. */
    List<Long> keyNumbers(TableName table, String sql, Collection<Row> rows) throws SQLException {
        try {
            return Jdbc.list(transaction, sql, row -> row.getLong(1), json(rows));
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    private int write(TableName table, String sql, String set) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(sql)) {
            statement.setString(1, set);
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    /**
     * Saves and drops the foreign keys by which other replicated tables reference these. Returns whether there were
     * any.
     */
    boolean dropForeignKeysTo(Collection<TableName> tables) throws SQLException {
        int dropped = 0;
        try (PreparedStatement statement =
                transaction.prepareStatement("select londiste.subscriber_drop_incoming_fkeys(?)")) {
            for (TableName table : tables) {
                statement.setString(1, table.toString());
                try (ResultSet count = statement.executeQuery()) {
                    count.next();
                    dropped += count.getInt(1);
                }
            }
        }
        return dropped > 0;
    }

    void execute(TableName table, String sql) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    /** Wraps an error of the data or structure in a {@link TableException}; a transient error is returned unchanged. */
    private static SQLException of(TableName table, SQLException error) {
        if (SqlState.isPassing(error)) {
            return error;
        }
        throw new TableException(table, Causes.root(error), error);
    }

    private static String json(Collection<Row> rows) {
        return rows.stream().map(Row::toJson).collect(Collectors.joining(",", "[", "]"));
    }
}
