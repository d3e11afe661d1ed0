package io.londiste.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where log lines go: set up in code, since the INI file and the switches decide it. */
public final class Logs {
    /** A message is one line, although what PostgreSQL says, and names, may have several. */
    private static final String MESSAGE = "%replace(%msg){'[ \\t]*[\\r\\n]\\s*', ' '}";

    /** A command that ends soon says what it does; time and process are of no interest. */
    private static final String PLAIN = "%replace(%level: ){'^(INFO|DEBUG|TRACE): $', ''}" + MESSAGE + "%n%ex";

    private static final String FULL = "%d{\"yyyy-MM-dd HH:mm:ss,SSS\"} "
            + ProcessHandle.current().pid() + " %-5level %property{job}: " + MESSAGE + "%n%ex";

    private Logs() {}

    /** How much is said: -q and -v. */
    public enum Detail {
        QUIET(Level.WARN),
        NORMAL(Level.INFO),
        VERBOSE(Level.DEBUG);

        private final Level level;

        Detail(Level level) {
            this.level = level;
        }
    }

    /** For commands that end soon: messages to standard error. */
    public static void forCommand(Detail detail, PrintStream err) {
        var context = reset(detail, "");
        attach(context, new ToStream(err), PLAIN);
    }

    /** For daemons: to the log file, and in the foreground to standard error as well. */
    public static void forDaemon(Detail detail, PrintStream err, Settings settings, boolean foreground) {
        var context = reset(detail, settings.jobName());
        if (foreground || settings.logfile() == null) {
            attach(context, new ToStream(err), FULL);
        }
        if (settings.logfile() != null) {
            attach(context, file(context, settings), FULL);
        }
    }

    private static LoggerContext reset(Detail detail, String job) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.putProperty("job", job);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(detail == Detail.VERBOSE ? Level.INFO : detail.level);
        context.getLogger("org.apache.camel").setLevel(detail == Detail.VERBOSE ? Level.INFO : Level.WARN);
        if (detail != Detail.VERBOSE) {
            // What fails in a route of ours is said by the route, in one line.
            context.getLogger("org.apache.camel.component.seda").setLevel(Level.OFF);
        }
        // Hawtio tells of each login in several lines.
        List.of("io.hawt", "org.eclipse.jetty", "org.jolokia")
                .forEach(each -> context.getLogger(each).setLevel(Level.WARN));
        context.getLogger("io.londiste").setLevel(detail.level);
        return context;
    }

    private static FileAppender<ILoggingEvent> file(LoggerContext context, Settings settings) {
        var name = settings.logfile().toAbsolutePath();
        if (!Files.isDirectory(name.getParent())) {
            throw new LondisteException(settings.file() + ": logfile: no such directory: " + name.getParent());
        }
        if (Files.isDirectory(name)) {
            throw new LondisteException(settings.file() + ": logfile: is a directory: " + name);
        }
        if (Files.exists(name) ? !Files.isWritable(name) : !Files.isWritable(name.getParent())) {
            throw new LondisteException(settings.file() + ": logfile: cannot be written: " + name);
        }
        if (settings.logCount() == 0) { // as in Python, whose rotation Londiste's files were written for
            var appender = new FileAppender<ILoggingEvent>();
            appender.setFile(name.toString());
            return appender;
        }
        var appender = new RollingFileAppender<ILoggingEvent>();
        appender.setFile(name.toString());
        var kept = new Kept();
        kept.setContext(context);
        kept.setParent(appender);
        kept.setFileNamePattern(name.toString().replace("%", "\\%") + ".%i");
        kept.setMinIndex(1);
        kept.setMaxIndex(settings.logCount());
        kept.start();
        var size = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        size.setContext(context);
        size.setCheckIncrement(new Duration(0)); // otherwise it looks at the size once a minute
        size.setMaxFileSize(new FileSize(settings.logSize()));
        size.start();
        appender.setRollingPolicy(kept);
        appender.setTriggeringPolicy(size);
        return appender;
    }

    /** As many files as are wanted; 20 are the most otherwise. */
    private static final class Kept extends FixedWindowRollingPolicy {
        @Override
        protected int getMaxWindowSize() {
            return Integer.MAX_VALUE;
        }
    }

    private static void attach(LoggerContext context, Appender<ILoggingEvent> appender, String pattern) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.start();
        if (appender instanceof ToStream stream) {
            stream.encoder = encoder;
        } else {
            ((FileAppender<ILoggingEvent>) appender).setEncoder(encoder);
        }
        appender.setContext(context);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    /** Writes to a stream and leaves it open. */
    private static final class ToStream extends AppenderBase<ILoggingEvent> {
        private final PrintStream stream;
        private PatternLayoutEncoder encoder;

        private ToStream(PrintStream stream) {
            this.stream = stream;
        }

        @Override
        protected void append(ILoggingEvent event) {
            var line = encoder.encode(event);
            stream.write(line, 0, line.length);
            stream.flush();
        }
    }
}
