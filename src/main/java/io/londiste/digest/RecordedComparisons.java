package io.londiste.digest;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.digest.Comparison.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last comparison of each table of a queue. They are recorded on the subscriber, so that every process of the job shows
 * them, also after a restart. Safe for use by several threads.
 */
public final class RecordedComparisons {
    private static final int NOTE_LENGTH = 1_000;

    /** Waits for no lock: a comparison that cannot be recorded because its table's state changes now says nothing any more. */
    private static final String PUT = """
            update londiste.subscriber_table set last_comparison = %s
             where nr = (select nr from londiste.subscriber_table where queue_name = ? and table_name = ? for update skip locked)
            """;

    private static final String RECORD = PUT.formatted("json_build_object('time', ?::timestamptz, 'outcome', ?::text,"
            + " 'provider_rows', ?::bigint, 'subscriber_rows', ?::bigint, 'missing', ?::bigint, 'extra', ?::bigint,"
            + " 'different', ?::bigint, 'note', left(?::text, " + NOTE_LENGTH + "))");

    private static final String CLEAR = PUT.formatted("null");

    private static final String LIST = """
            select t.table_name, c.time, c.outcome, c.provider_rows, c.subscriber_rows, c.missing, c.extra, c.different, c.note
              from londiste.subscriber_table t
             cross join lateral json_to_record(t.last_comparison)
                as c (time timestamptz, outcome text, provider_rows bigint, subscriber_rows bigint, missing bigint, extra bigint,
                      different bigint, note text)
             where t.queue_name = ? and t.last_comparison is not null
             order by t.nr
            """;

    private final Database subscriber;
    private final String queue;

    public RecordedComparisons(Database subscriber, String queue) {
        this.subscriber = subscriber;
        this.queue = queue;
    }

    /** Replaces the last comparison of a table. */
    public void record(TableName table, LastComparison last) {
        execute(
                RECORD,
                last.time().toString(),
                last.outcome().name(),
                last.providerRows(),
                last.subscriberRows(),
                last.missing(),
                last.extra(),
                last.different(),
                last.note(),
                queue,
                table.toString());
    }

    /** Forgets the last comparison of a table, whose rows have been written anew since. */
    public void clear(TableName table) {
        execute(CLEAR, queue, table.toString());
    }

    private void execute(String statement, Object... parameters) {
        subscriber.read(connection -> Jdbc.update(connection, statement, parameters));
    }

    /** The last comparisons of the subscribed tables that have one. */
    public Map<TableName, LastComparison> list() {
        var last = new LinkedHashMap<TableName, LastComparison>();
        subscriber.rows(
                LIST,
                row -> last.put(
                        TableName.parse(row.getString(1)),
                        new LastComparison(
                                row.getTimestamp(2).toInstant(),
                                Outcome.valueOf(row.getString(3)),
                                number(row, 4),
                                number(row, 5),
                                number(row, 6),
                                number(row, 7),
                                number(row, 8),
                                row.getString(9))),
                queue);
        return last;
    }

    private static Long number(ResultSet row, int column) throws SQLException {
        return row.getObject(column, Long.class);
    }
}
