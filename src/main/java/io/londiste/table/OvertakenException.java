package io.londiste.table;

import io.londiste.error.LondisteException;

/** Somebody changed a table's state meanwhile, so that the work on it has lost its sense. Nothing is wrong. */
public class OvertakenException extends LondisteException {
    public OvertakenException(TableName table, TableState state) {
        super("table " + table + " is " + (state == null ? "not subscribed any more" : state + " by now"));
    }
}
