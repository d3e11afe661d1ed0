package io.londiste.cli;

import io.londiste.sync.WorkListener;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on a terminal: how many of the rows have been compared. */
final class ComparisonBar implements WorkListener, AutoCloseable {
    private final String task;
    private final PrintStream err;
    private final int width;
    private ProgressBar bar;

    /** @param width columns of the terminal; 0 if there is none */
    ComparisonBar(String task, PrintStream err, int width) {
        this.task = task;
        this.err = err;
        this.width = width;
    }

    @Override
    public synchronized void begin(long rows) {
        if (bar != null) {
            bar.maxHint(bar.getMax() + rows);
        } else if (width > 0) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setInitialMax(rows)
                    .setUnit(" rows", 1)
                    .setConsumer(new ConsoleProgressBarConsumer(err, width) {
                        @Override
                        public void accept(String drawn) {
                            synchronized (err) {
                                super.accept(drawn);
                            }
                        }
                    })
                    .build();
        }
    }

    @Override
    public synchronized void done(long rows) {
        if (bar != null) {
            bar.stepBy(rows);
        }
    }

    /** Prints a line above the bar. */
    synchronized void print(PrintStream out, String line) {
        synchronized (err) { // the bar draws itself every second
            if (bar != null) {
                err.print("\r" + " ".repeat(width - 1) + "\r");
                err.flush();
            }
            out.println(Listing.line(line));
        }
        if (bar != null) {
            bar.refresh();
        }
    }

    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
