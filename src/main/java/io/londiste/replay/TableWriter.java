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

/** Runs statements that write rows, and says whose they were when they fail. */
final class TableWriter {
    private final Connection transaction;

    TableWriter(Connection transaction) {
        this.transaction = transaction;
    }

    /** Has constraints that can be deferred wait for {@link #checkDeferred}: a batch may end right and begin wrong. */
    void deferConstraints() throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute("set constraints all deferred");
        }
    }

    /** Checks what was deferred. A violation belongs to the table that the server names. */
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

    /** Gives the rows to a statement of {@link TableSql} and returns how many it met. */
    int write(TableName table, String sql, Collection<Row> rows) throws SQLException {
        return write(table, sql, json(rows));
    }

    /** Gives rows and their old keys to {@link TableSql#move} and returns how many it met. */
    int move(TableName table, String sql, Collection<Move> moves) throws SQLException {
        return write(
                table,
                sql,
                moves.stream()
                        .map(move -> "{\"r\":" + move.image().toJson() + ",\"o\":"
                                + move.origin().toJson() + "}")
                        .collect(Collectors.joining(",", "[", "]")));
    }

    /** Gives the row to a statement that counts. */
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

    /** Gives rows to {@link TableSql#keyNumbers}. */
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

    /** Puts aside the foreign keys by which other replicated tables point at these. Returns whether there were any. */
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

    /** An error of the data or structure belongs to the table; a passing one is nobody's and stays what it is. */
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
