package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.error.LondisteException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Partitions by time that a table has on the subscriber: each is made when its first row comes, and may be dropped when its rows
 * are too old. Periods begin in UTC. Immutable.
 *
 * @param column of which a partition has a range of values: a date or a time
 * @param period how large the range is
 * @param retention the interval, as PostgreSQL writes it, after which a partition is dropped; null: never
 * @param keptSince from when on rows are kept, as an SQL constant: older ones are not replicated any more; null: not known yet, or
 *     all are kept
 */
public record Partitioning(String column, Period period, String retention, String keptSince) {
    /** What a partition has the rows of. */
    public enum Period {
        HOUR("hourly"),
        DAY("daily"),
        WEEK("weekly"),
        MONTH("monthly"),
        YEAR("yearly");

        private final String text;

        Period(String text) {
            this.text = text;
        }

        /** PostgreSQL's word for it. */
        public String sql() {
            return name().toLowerCase(Locale.ROOT);
        }

        private static Period of(String text) {
            return Arrays.stream(values())
                    .filter(period -> period.text.equals(text.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new LondisteException("--partition-by: no such period: " + text + "; there are "
                            + Arrays.stream(values()).map(period -> period.text).collect(Collectors.joining(", "))));
        }
    }

    private static final Pattern FORM = Pattern.compile("(.+):\\s*(\\w+)", Pattern.DOTALL);

    /**
     * Reads {@code COLUMN:PERIOD}.
     *
     * @param text null: no partitions
     * @param retention an interval, which is not checked; null: none
     * @throws LondisteException if it is not of this form, or there is only a retention
     */
    public static Partitioning of(String text, String retention) {
        if (text == null) {
            if (retention != null) {
                throw new LondisteException("--retention drops partitions, and needs --partition-by COLUMN:PERIOD");
            }
            return null;
        }
        var form = FORM.matcher(text.strip());
        List<String> columns = form.matches() ? Selection.split(form.group(1)) : List.of();
        if (columns.size() != 1) {
            throw new LondisteException("--partition-by is not of the form COLUMN:PERIOD: " + text);
        }
        return new Partitioning(Selection.unquoted(columns.get(0)), Period.of(form.group(2)), retention, null);
    }

    /** The same with the interval as PostgreSQL writes it. */
    public Partitioning kept(String interval) {
        return new Partitioning(column, period, interval, keptSince);
    }

    /**
     * Whether the subscriber's key is the provider's and the column, as PostgreSQL demands of a partitioned table. The provider's still
     * identifies rows.
     */
    public boolean isExtended(List<String> there, List<String> here) {
        return !there.isEmpty()
                && !there.contains(column)
                && here.size() == there.size() + 1
                && here.containsAll(there)
                && here.contains(column);
    }

    /** The subscriber's table, identified by the provider's key if that {@linkplain #isExtended is extended} here. */
    public TableShape identified(List<String> there, TableShape here) {
        return isExtended(there, here.key()) ? here.identifiedBy(there) : here;
    }

    /** The SQL condition for the rows that are kept; null: all are. */
    String condition() {
        if (retention == null) {
            return null;
        }
        return keptSince == null ? "true" : TableName.quote(column) + " >= " + keptSince;
    }

    /** As it is declared. */
    public String text() {
        return Selection.quoted(column) + ":" + period.text + (retention == null ? "" : "; retention " + retention);
    }
}
