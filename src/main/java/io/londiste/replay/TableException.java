package io.londiste.replay;

import io.londiste.error.LondisteException;
import io.londiste.table.TableName;

/** One table cannot go on, for a reason that is in its data or its structure; the others can. */
public class TableException extends LondisteException {
    private final transient TableName table;

    public TableException(TableName table, String reason, Throwable cause) {
        super(reason, cause);
        this.table = table;
    }

    public TableName table() {
        return table;
    }

    @Override
    public String getMessage() {
        return "table " + table + ": " + super.getMessage();
    }

    /** The message without the table. */
    public String reason() {
        return super.getMessage();
    }
}
