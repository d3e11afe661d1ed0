package io.londiste.replay;

import io.londiste.SqlState;
import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Runs statements that write rows, and says whose they were when they fail. */
final class TableWriter {
    private final Connection transaction;

    TableWriter(Connection transaction) {
        this.transaction = transaction;
    }

    /** Gives the rows to a statement of {@link TableSql} and returns how many it met. */
    int write(TableName table, String sql, Collection<Row> rows) throws SQLException {
        return write(table, sql, json(rows));
    }

    /** Gives one row and its old key. */
    int write(TableName table, String sql, Row row, Row oldKey) throws SQLException {
        return write(table, sql, json(List.of(row)), json(List.of(oldKey)));
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

    private int write(TableName table, String sql, String... sets) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(sql)) {
            for (int i = 0; i < sets.length; i++) {
                statement.setString(i + 1, sets[i]);
            }
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw of(table, e);
        }
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
        throw new TableException(table, error.getMessage(), error);
    }

    private static String json(Collection<Row> rows) {
        return rows.stream().map(Row::toJson).collect(Collectors.joining(",", "[", "]"));
    }
}
