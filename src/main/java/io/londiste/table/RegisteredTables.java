package io.londiste.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The tables that the provider captures into one queue. Safe for use by several threads. */
public final class RegisteredTables {
    private final String queue;
    private final DataSource provider;

    public RegisteredTables(String queue, DataSource provider) {
        this.queue = queue;
        this.provider = provider;
    }

    /** Whether the table is one of them now. */
    public boolean contains(TableName table) throws SQLException {
        try (Connection connection = provider.getConnection()) {
            return contains(connection, table);
        }
    }

    /** Whether the table is one of them for a transaction on the provider. */
    public boolean contains(Connection transaction, TableName table) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(
                "select from londiste.provider_table where queue_name = ? and table_name = ?")) {
            statement.setString(1, queue);
            statement.setString(2, table.toString());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
