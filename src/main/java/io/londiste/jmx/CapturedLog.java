package io.londiste.jmx;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.londiste.error.LondisteException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Captures what a command logs in the current thread, which an MBean operation returns and the command line prints. */
final class CapturedLog extends AppenderBase<ILoggingEvent> {
    private final Thread thread = Thread.currentThread();
    private final List<String> lines = new ArrayList<>();

    private CapturedLog() {}

    /**
     * Runs the command and returns the lines that it logged, as the command line prints them.
     *
     * @throws LondisteException if it fails; the message includes the lines
     */
    static String[] of(Runnable command) {
        var logger = (Logger) LoggerFactory.getLogger("io.londiste");
        var captured = new CapturedLog();
        captured.setContext(logger.getLoggerContext());
        captured.start();
        logger.addAppender(captured);
        try {
            command.run();
            return captured.lines.toArray(String[]::new);
        } catch (LondisteException e) {
            if (captured.lines.isEmpty()) {
                throw e;
            }
            throw new LondisteException(e.getMessage() + "; before that: " + String.join("; ", captured.lines), e);
        } finally {
            logger.detachAppender(captured);
            captured.stop();
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (Thread.currentThread() == thread && event.getLevel().isGreaterOrEqual(Level.INFO)) {
            var level = event.getLevel().equals(Level.INFO) ? "" : event.getLevel() + ": ";
            lines.add(level + event.getFormattedMessage());
        }
    }
}
