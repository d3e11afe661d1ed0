package io.londiste.replay;

import io.londiste.change.TableName;

/**
 * The subscriber's table lacks a column of the provider's. When it is added, existing rows have no value in it, and
 * no event contains these values: such a table has to be copied again.
 */
public final class MissingColumnException extends TableException {
    public MissingColumnException(TableName table, String column) {
        super(
                table,
                "column " + column + " of the provider's table is not on the subscriber; add it there, and the table is"
                        + " copied again (resync), since its rows lack the values of that column",
                null);
    }
}
