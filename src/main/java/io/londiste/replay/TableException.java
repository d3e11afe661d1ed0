package io.londiste.replay;

import io.londiste.change.TableName;
import io.londiste.error.LondisteException;

/** One table cannot be replicated further, because of its data or its structure; the other tables can. */
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
