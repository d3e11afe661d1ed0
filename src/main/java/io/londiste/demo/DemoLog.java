package io.londiste.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows warnings and errors of the log on the screen, and discards all other lines. */
final class DemoLog extends AppenderBase<ILoggingEvent> {
    private final DemoScreen screen;

    private DemoLog(DemoScreen screen) {
        this.screen = screen;
    }

    static void to(DemoScreen screen) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var appender = new DemoLog(screen);
        appender.setContext(context);
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
    }

    @Override
    protected void append(ILoggingEvent event) {
        var thrown = event.getThrowableProxy();
        screen.message(event.getLevel() + ": " + event.getFormattedMessage()
                + (thrown == null ? "" : ": " + thrown.getMessage()));
    }
}
