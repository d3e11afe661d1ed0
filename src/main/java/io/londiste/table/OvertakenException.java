package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.error.LondisteException;

/** Another session has changed a table's state, so that the work on the table is obsolete. Nothing is wrong. */
public class OvertakenException extends LondisteException {
    public OvertakenException(TableName table, TableState state) {
        super("table " + table + " is " + (state == null ? "not subscribed any more" : state + ""));
    }
}
