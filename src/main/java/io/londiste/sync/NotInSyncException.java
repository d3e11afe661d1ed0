package io.londiste.sync;

import io.londiste.error.LondisteException;

/** A table cannot be compared now, because the replay does not keep it equal to the provider's. */
public final class NotInSyncException extends LondisteException {
    NotInSyncException(String message) {
        super(message);
    }
}
