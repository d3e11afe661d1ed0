package io.londiste.copy;

import io.londiste.replay.TableException;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** Streams the rows of a table from one COPY into another. */
final class RowStream {
    /** How many rows between two looks at the progress. */
    private static final int STEP = 1000;

    private final TableCopy copy;
    private final TableShape from;
    private final TableShape to;
    private final List<Column> columns;

    RowStream(TableCopy copy, TableShape from, TableShape to) {
        this.copy = copy;
        this.from = from;
        this.to = to;
        this.columns = from.columns().stream().filter(this::isWritten).toList();
    }

    private boolean isWritten(Column column) {
        Column there = to.column(column.name());
        if (there == null) {
            throw new TableException(
                    copy.table(),
                    "column " + column.name() + " of the provider's table is not on the subscriber; add it there",
                    null);
        }
        return !there.generated();
    }

    /** Copies inside the transactions of both sides. */
    void run(Connection source, Connection target, boolean truncate) throws SQLException {
        boolean freeze = truncate && !to.partitioned();
        if (truncate) {
            execute(target, "truncate " + to.target());
        }
        CopyOut out = source.unwrap(PGConnection.class).getCopyAPI().copyOut(select());
        try {
            CopyIn in = target.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy " + to.name().quoted() + " (" + names() + ") from stdin"
                            + (freeze ? " with (freeze)" : ""));
            try {
                stream(out, in);
            } finally {
                if (in.isActive()) {
                    in.cancelCopy();
                }
            }
        } finally {
            if (out.isActive()) {
                out.cancelCopy();
            }
        }
        execute(target, "analyze " + to.name().quoted());
    }

    private void stream(CopyOut out, CopyIn in) throws SQLException {
        long rows = 0;
        long bytes = 0;
        for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
            in.writeToCopy(row, 0, row.length);
            bytes += row.length;
            if (++rows % STEP == 0) {
                copy.progress(rows, bytes);
            }
        }
        copy.progress(in.endCopy(), bytes);
    }

    private String select() {
        String table = from.name().quoted();
        // without generated columns, which only SELECT gives out
        if (!from.partitioned()
                && columns.stream().noneMatch(Column::generated)
                && copy.condition() == null
                && copy.expressions().isEmpty()) {
            return "copy " + table + " (" + names() + ") to stdout";
        }
        String expressions = columns.stream()
                .map(c -> copy.expressions().getOrDefault(c.name(), c.quoted()))
                .collect(Collectors.joining(", "));
        return "copy (select " + expressions + " from " + from.target()
                + (copy.condition() == null ? "" : " where " + copy.condition()) + ") to stdout";
    }

    private String names() {
        return columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
