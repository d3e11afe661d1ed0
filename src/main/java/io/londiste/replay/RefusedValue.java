package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.Change.Kind;
import io.londiste.db.SqlState;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Finds the column, the event and the row of a value that the server has refused: its error names none of them.
 *
 * <p>It has the server read the values of one column at a time, as the failed statement did, from fewer and fewer changes.
 */
final class RefusedValue {
    private final Connection transaction;
    private final TableWriter writer;
    private final TableShape shape;

    RefusedValue(Connection transaction, TableWriter writer, TableShape shape) {
        this.transaction = transaction;
        this.writer = writer;
        this.shape = shape;
    }

    /** Whether the server may have refused a value because of its column's type. */
    static boolean isPossible(TableException error) {
        return SqlState.isBadValue(error) || SqlState.isCheckViolation(error);
    }

    /**
     * Returns the error with the value's column, event and row; the error itself if no value is refused by its column
     * alone. The transaction is rolled back.
     *
     * @param changes those among which the error occurred, also of other tables
     */
    TableException name(TableException error, List<Change> changes) throws SQLException {
        List<Change> written = changes.stream()
                .filter(change -> change.table().equals(shape.name()) && change.kind() != Kind.DELETE)
                .toList();
        for (Column column : shape.columns()) {
            List<Change> suspects = written.stream()
                    .filter(change -> change.row().has(column.name()))
                    .toList();
            if (!column.generated() && isRefused(column, suspects)) {
                Change change = first(column, suspects);
                return new TableException(
                        shape.name(),
                        "column " + column.name() + " (" + column.type() + ") cannot hold the value of event "
                                + change.event().id() + ", row "
                                + change.row()
                                        .only(NetChanges.keyColumns(change, shape))
                                        .toJson()
                                + ": " + error.reason(),
                        error.getCause());
            }
        }
        return error;
    }

    private Change first(Column column, List<Change> suspects) throws SQLException {
        List<Change> left = suspects;
        while (left.size() > 1) {
            List<Change> half = left.subList(0, left.size() / 2);
            left = isRefused(column, half) ? half : left.subList(half.size(), left.size());
        }
        return left.get(0);
    }

    private boolean isRefused(Column column, List<Change> changes) throws SQLException {
        try {
            writer.count(
                    shape.name(),
                    new TableSql(shape, false).values(column.name()),
                    changes.stream()
                            .map(change -> change.row().only(List.of(column.name())))
                            .toList());
            return false;
        } catch (TableException e) {
            transaction.rollback();
            return isPossible(e);
        }
    }
}
