package io.londiste.replay;

import io.londiste.error.LondisteException;

/** A script has to wait for tables that are on their way. */
public final class TablesAwaitedException extends LondisteException {
    TablesAwaitedException(String message) {
        super(message);
    }
}
