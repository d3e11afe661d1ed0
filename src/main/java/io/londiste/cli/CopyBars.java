package io.londiste.cli;

import io.londiste.change.TableName;
import io.londiste.subscriber.TableStatus;
import io.londiste.subscriber.TableWait;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the progress of copies: on a terminal a bar for each table, and a log line for each table that becomes ok. */
final class CopyBars implements TableWait.Watcher, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopyBars.class);

    private final PrintStream err;
    private final int width;
    private final Map<TableName, CopyBar> bars = new TreeMap<>();
    private final Set<TableName> ok = new HashSet<>();
    /** Tables that are ok but not logged yet: a line in between would break up the bars. */
    private final List<TableName> unlogged = new ArrayList<>();

    /** @param width columns of the terminal; 0 if there is none */
    CopyBars(PrintStream err, int width) {
        this.err = err;
        this.width = width;
    }

    @Override
    public void show(List<TableStatus> tables) {
        for (var table : tables) {
            if (table.isOk()) {
                finish(table);
            } else if (width > 0 && (table.isCopying() || bars.containsKey(table.name()))) {
                bars.computeIfAbsent(table.name(), name -> new CopyBar(table, err, width))
                        .draw(table);
            }
        }
        if (bars.isEmpty()) {
            logFinished();
        }
    }

    private void finish(TableStatus table) {
        if (!ok.add(table.name())) {
            return;
        }
        unlogged.add(table.name());
        try (var bar = bars.remove(table.name())) {
            if (bar != null) {
                bar.draw(table);
            }
        }
    }

    private void logFinished() {
        unlogged.forEach(table -> LOG.info("{} is ok", table));
        unlogged.clear();
    }

    /** Ends the bars, logs the message and lets {@link #show} start new bars below it. */
    @Override
    public void warn(String message) {
        close();
        LOG.warn(message);
    }

    @Override
    public void close() {
        bars.values().forEach(CopyBar::close);
        bars.clear();
        logFinished();
    }
}
