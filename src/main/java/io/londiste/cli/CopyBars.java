package io.londiste.cli;

import io.londiste.subscriber.TableStatus;
import io.londiste.subscriber.TableWait;
import io.londiste.table.TableName;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows how tables are copied: on a terminal a bar for each, and a line for each that is ok. */
final class CopyBars implements TableWait.Watcher, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopyBars.class);

    private final PrintStream err;
    private final int width;
    private final Map<TableName, CopyBar> bars = new TreeMap<>();
    private final Set<TableName> ok = new HashSet<>();
    /** Tables that are ok of which that is still to be told: lines in between would tear the bars apart. */
    private final List<TableName> ended = new ArrayList<>();

    /** @param width of the terminal; 0: there is none */
    CopyBars(PrintStream err, int width) {
        this.err = err;
        this.width = width;
    }

    @Override
    public void show(List<TableStatus> tables) {
        for (var table : tables) {
            if (table.isOk()) {
                end(table);
            } else if (width > 0 && (table.isCopying() || bars.containsKey(table.name()))) {
                bars.computeIfAbsent(table.name(), name -> new CopyBar(table, err, width))
                        .draw(table);
            }
        }
        if (bars.isEmpty()) {
            tellEnded();
        }
    }

    private void end(TableStatus table) {
        if (!ok.add(table.name())) {
            return;
        }
        ended.add(table.name());
        try (var bar = bars.remove(table.name())) {
            if (bar != null) {
                bar.draw(table);
            }
        }
    }

    private void tellEnded() {
        ended.forEach(table -> LOG.info("{} is ok", table));
        ended.clear();
    }

    /** Bars are printed one below the other: they are ended before a message, and start again below it. */
    @Override
    public void warn(String message) {
        close();
        LOG.warn(message);
    }

    @Override
    public void close() {
        bars.values().forEach(CopyBar::close);
        bars.clear();
        tellEnded();
    }
}
