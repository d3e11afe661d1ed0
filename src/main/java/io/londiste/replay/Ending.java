package io.londiste.replay;

import io.londiste.change.TableName;
import io.londiste.table.TableShape;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What ends the transaction of a batch: the checks of what was written, a last statement, and the commit. It can be sent
 * together with the last rows, and then takes no round trip of its own. Used by one thread at a time.
 */
final class Ending {
    private final Supplier<Map<TableName, Long>> written;
    private final String last;
    private final List<Object> parameters;
    private Map<TableName, String> triggers;

    /**
     * @param written the tables that were written when the transaction ends, with their {@linkplain TableShape#mark marks}
     * @param last a statement without a result
     * @param parameters of the statement; one may be null
     */
    Ending(Supplier<Map<TableName, Long>> written, String last, List<Object> parameters) {
        this.written = written;
        this.last = last;
        this.parameters = parameters;
    }

    Map<TableName, Long> written() {
        return written.get();
    }

    String last() {
        return last;
    }

    List<Object> parameters() {
        return parameters;
    }

    /** The transaction was committed. */
    void done(Map<TableName, String> triggers) {
        this.triggers = triggers;
    }

    boolean isDone() {
        return triggers != null;
    }

    /** The triggers that may have changed rows before they were written, by table; null before the end. */
    Map<TableName, String> triggers() {
        return triggers;
    }
}
