package io.londiste.jmx;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a command tells while it runs in this thread: on the command line it is printed, here it is handed back. */
final class CapturedLog extends AppenderBase<ILoggingEvent> {
    private final Thread speaker = Thread.currentThread();
    private final List<String> lines = new ArrayList<>();

    private CapturedLog() {}

    /** Runs the command and returns its lines, as the command line prints them. */
    static String[] by(Runnable command) {
        var logger = (Logger) LoggerFactory.getLogger("io.londiste");
        var said = new CapturedLog();
        said.setContext(logger.getLoggerContext());
        said.start();
        logger.addAppender(said);
        try {
            command.run();
            return said.lines.toArray(String[]::new);
        } finally {
            logger.detachAppender(said);
            said.stop();
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (Thread.currentThread() == speaker && event.getLevel().isGreaterOrEqual(Level.INFO)) {
            var level = event.getLevel().equals(Level.INFO) ? "" : event.getLevel() + ": ";
            lines.add(level + event.getFormattedMessage());
        }
    }
}
