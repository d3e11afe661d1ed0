package io.londiste.cli;

import io.londiste.subscriber.TableStatus;
import java.util.Locale;

/** A line of {@code subscriber tables}: name and state as in Londiste 2, then the progress of the copy, the reason and what is declared. */
final class TableLine {
    private static final String COLUMNS = "%-30s   %20s";
    static final String TITLE = COLUMNS.formatted("Table", "State");

    private TableLine() {}

    static String of(TableStatus table) {
        var line = new StringBuilder(COLUMNS.formatted(Listing.line(table.name()), table.state()));
        if (table.isCopying()) {
            line.append("   ").append(progress(table));
        }
        if (table.reason() != null) {
            line.append("   ").append(Listing.text(table.reason()));
        }
        if (!table.replicatedAs().isEmpty()) {
            line.append("   [").append(Listing.line(table.replicatedAs())).append("]");
        }
        return line.toString();
    }

    private static String progress(TableStatus table) {
        var line = new StringBuilder().append(table.rows());
        if (table.totalRows() != null) {
            line.append(" of about ").append(Math.max(table.totalRows(), table.rows()));
        }
        line.append(" rows");
        if (table.totalRows() != null && table.totalRows() > 0) {
            line.append(" (")
                    .append(Math.min(100, 100 * table.rows() / table.totalRows()))
                    .append("%)");
        }
        line.append(", ").append(size(table.bytes()));
        return table.step().equals("rows") ? line.toString() : line + ", " + table.step();
    }

    /** A number of bytes with a unit of suitable size. */
    static String size(long bytes) {
        double size = bytes;
        var units = new String[] {"B", "kB", "MB", "GB", "TB"};
        int unit = 0;
        while (size >= 1000 && unit < units.length - 1) {
            size /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
    }
}
