package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The tables that the provider captures into one queue, and the sequences that it offers with it. Safe for use by several threads. */
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

    /** Whether the sequence is registered on the provider now. */
    public boolean containsSequence(TableName sequence) throws SQLException {
        try (Connection connection = provider.getConnection()) {
            return Jdbc.first(
                            connection,
                            "select 1 from londiste.provider_seq where queue_name = ? and seq_name = ?",
                            row -> row.getInt(1),
                            queue,
                            sequence.toString())
                    .isPresent();
        }
    }

    /** Whether the table is one of them for a transaction on the provider. */
    public boolean contains(Connection transaction, TableName table) throws SQLException {
        return Jdbc.first(
                        transaction,
                        "select 1 from londiste.provider_table where queue_name = ? and table_name = ?",
                        row -> row.getInt(1),
                        queue,
                        table.toString())
                .isPresent();
    }
}
