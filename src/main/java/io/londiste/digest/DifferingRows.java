package io.londiste.digest;

import io.londiste.change.TableName;
import java.util.List;

/** Receives the rows that a comparison finds to differ. Safe for use by several threads, of which each has a table of its own. */
@FunctionalInterface
public interface DifferingRows {
    /** Only counts them. */
    DifferingRows COUNTED = (table, columns) -> RowDifferences.Listener.NONE;

    /**
     * What receives the rows of a table.
     *
     * @param columns the names of their columns
     */
    RowDifferences.Listener of(TableName table, List<String> columns);
}
