package io.londiste.digest;

import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.sync.TableProgress;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/** Finds the rows that differ in some pieces of a table, by merging the two sides, both sorted by key. */
public final class RowDifferences {
    private static final int FETCH = 1000;

    /**
     * Receives each row that differs. Values are texts, in the order of {@link CommonShape#columns}; null stands for null.
     */
    public interface Listener {
        /** Ignores them. */
        Listener NONE = new Listener() {
            @Override
            public void missing(List<String> row) {}

            @Override
            public void extra(List<String> row) {}

            @Override
            public void different(List<String> there, List<String> here) {}
        };

        /** Only the provider has it. */
        void missing(List<String> row) throws SQLException;

        /** Only the subscriber has it. */
        void extra(List<String> row) throws SQLException;

        /** Both have a row of that key. */
        void different(List<String> there, List<String> here) throws SQLException;
    }

    private final CommonShape shape;
    private final Hash hash;
    private final String condition;

    /** @param condition for the rows that are compared */
    RowDifferences(CommonShape shape, Hash hash, String condition) {
        this.shape = shape;
        this.hash = hash;
        this.condition = condition;
    }

    /** The provider's rows, read on that connection. */
    Side provider(Database provider, Connection connection) {
        return provider.call(source -> new Side(provider, connection, shape.source()));
    }

    /** The subscriber's rows, read on that connection. */
    Side subscriber(Database subscriber, Connection connection) {
        return subscriber.call(source -> new Side(subscriber, connection, shape.targetHere()));
    }

    /** A value as its type's output function writes it; a cast to text may differ, and drops the blanks of bpchar. */
    private static String value(Column column) {
        return "case when num_nulls(" + column.quoted() + ") = 0 then concat(" + column.quoted() + ") end";
    }

    /** Merges both sides; memory does not grow with the number of rows. */
    static void find(Side there, Side here, Listener listener, TableProgress progress) throws SQLException {
        there.next();
        here.next();
        for (long row = 0; there.key != null || here.key != null; row++) {
            if (row % FETCH == 0) {
                progress.reach(row);
            }
            int order = there.key == null ? 1 : here.key == null ? -1 : Arrays.compareUnsigned(there.key, here.key);
            if (order < 0) {
                listener.missing(there.values());
                there.next();
            } else if (order > 0) {
                listener.extra(here.values());
                here.next();
            } else {
                if (there.hash != here.hash) {
                    listener.different(there.values(), here.values());
                }
                there.next();
                here.next();
            }
        }
    }

    /** One side's rows in the order of their keys' bytes. */
    final class Side implements AutoCloseable {
        private final Database database;
        private final PreparedStatement statement;
        private final ResultSet rows;
        private byte[] key;
        private long hash;

        private Side(Database database, Connection connection, String target) throws SQLException {
            this.database = database;
            var columns = new StringBuilder();
            shape.columns().forEach(column -> columns.append(", ").append(value(column)));
            // without a key several rows may have the same text: they are numbered, and the same number is the same row
            var nth = shape.key().isEmpty() ? " || row_number() over (partition by " + shape.rowText() + ")" : "";
            statement = connection.prepareStatement(
                    Jdbc.escaped("select convert_to(" + shape.keyText() + nth + ", 'UTF8') as key, "
                            + RowDifferences.this.hash.of(shape.compared()) + columns + " from " + target + " where "
                            + condition + " order by key"));
            try {
                statement.setFetchSize(FETCH);
                rows = statement.executeQuery();
            } catch (SQLException e) {
                statement.close();
                throw e;
            }
        }

        private void next() {
            database.call(source -> {
                key = rows.next() ? rows.getBytes(1) : null;
                hash = key == null ? 0 : rows.getLong(2);
                return null;
            });
        }

        private List<String> values() throws SQLException {
            var values = new String[shape.columns().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = rows.getString(i + 3);
            }
            return Arrays.asList(values);
        }

        @Override
        public void close() throws SQLException {
            try (statement;
                    rows) {
                // both
            }
        }
    }
}
