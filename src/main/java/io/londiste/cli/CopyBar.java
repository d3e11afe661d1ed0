package io.londiste.cli;

import io.londiste.subscriber.TableStatus;
import java.io.PrintStream;
import java.text.DecimalFormat;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import me.tongfei.progressbar.DefaultProgressBarRenderer;
import me.tongfei.progressbar.InteractiveConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/** The progress bar of one table's copy. Once the rows are copied, it shows the step or state before the percentage. */
final class CopyBar implements AutoCloseable {
    private final Renderer renderer = new Renderer();
    private final ProgressBar bar;

    CopyBar(TableStatus table, PrintStream err, int width) {
        bar = new ProgressBarBuilder()
                .setTaskName(table.name().toString())
                .setInitialMax(table.totalRows() == null ? -1 : table.totalRows())
                .startsFrom(table.rows(), Duration.ZERO)
                .continuousUpdate()
                .setRenderer(renderer)
                .setConsumer(new InteractiveConsoleProgressBarConsumer(err, width))
                .build();
    }

    void draw(TableStatus table) {
        boolean copying = table.isCopying() && table.step().equals("rows");
        if (!copying) {
            renderer.step = (table.isCopying() ? table.step() : table.state().toString()) + " ";
        }
        if (table.rows() != null) {
            if (!copying) {
                bar.maxHint(table.rows());
            } else if (table.totalRows() != null && table.rows() > table.totalRows()) {
                bar.maxHint(-1); // more rows than the statistics estimated, so the total is unknown
            }
            bar.stepTo(table.rows());
            bar.setExtraMessage(" " + TableLine.size(table.bytes()));
        }
    }

    @Override
    public void close() {
        bar.close();
    }

    private static final class Renderer extends DefaultProgressBarRenderer {
        private volatile String step = "";

        Renderer() {
            super(
                    ProgressBarStyle.ASCII,
                    " rows",
                    1,
                    true,
                    new DecimalFormat("0"),
                    ChronoUnit.SECONDS,
                    true,
                    Renderer::remaining);
        }

        @Override
        protected String percentage(ProgressState progress) {
            return step + super.percentage(progress);
        }

        private static Optional<Duration> remaining(ProgressState progress) {
            long rows = progress.getCurrent() - progress.getStart();
            if (progress.isIndefinite() || rows <= 0) {
                return Optional.empty();
            }
            double share = (double) (progress.getMax() - progress.getCurrent()) / rows;
            return Optional.of(
                    Duration.ofMillis((long) (progress.getElapsedAfterStart().toMillis() * share)));
        }
    }
}
