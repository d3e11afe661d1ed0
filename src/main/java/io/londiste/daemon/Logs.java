package io.londiste.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import io.londiste.config.LogFormat;
import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Configures logging. Done in code, since it depends on the INI file and the switches. */
public final class Logs {
    /** Joins the lines of a message: errors from PostgreSQL, and names, may contain line breaks. */
    private static final String MESSAGE = "%replace(%msg){'[ \\t]*[\\r\\n]\\s*', ' '}";

    /** The format of commands other than daemons: without time and process. */
    private static final String PLAIN = "%replace(%level: ){'^(INFO|DEBUG|TRACE): $', ''}" + MESSAGE + "%n%ex";

    private static final String FULL = "%d{\"yyyy-MM-dd HH:mm:ss,SSS\"} "
            + ProcessHandle.current().pid() + " %-5level %property{job}: " + MESSAGE + "%n%ex";

    private Logs() {}

    /** How much is logged: -q and -v. */
    public enum Detail {
        QUIET(Level.WARN),
        NORMAL(Level.INFO),
        VERBOSE(Level.DEBUG);

        private final Level level;

        Detail(Level level) {
            this.level = level;
        }
    }

    /** For commands other than daemons: logs to standard error. */
    public static void forCommand(Detail detail, PrintStream err) {
        var context = reset(detail, "");
        attach(context, new ToStream(err), pattern(PLAIN));
    }

    /** Logs nothing from now on. */
    static void silence() {
        ((LoggerContext) LoggerFactory.getILoggerFactory())
                .getLogger("io.londiste")
                .setLevel(Level.OFF);
    }

    /** For daemons: logs to the log file, and in the foreground (or without a log file) to standard error, in the format of the settings. */
    public static void forDaemon(Detail detail, PrintStream err, Settings settings, boolean foreground) {
        var context = reset(detail, settings.jobName());
        if (foreground || settings.logfile() == null) {
            attach(context, new ToStream(err), encoder(settings));
        }
        if (settings.logfile() != null) {
            attach(context, file(context, settings), encoder(settings));
        }
    }

    /** Throws if the log file cannot be written. */
    static void check(Settings settings) {
        if (settings.logfile() == null) {
            return;
        }
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
    }

    private static LoggerContext reset(Detail detail, String job) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.putProperty("job", job);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(detail == Detail.VERBOSE ? Level.INFO : detail.level);
        context.getLogger("org.apache.camel").setLevel(detail == Detail.VERBOSE ? Level.INFO : Level.WARN);
        if (detail != Detail.VERBOSE) {
            // The routes log their failures themselves, in one line.
            context.getLogger("org.apache.camel.component.seda").setLevel(Level.OFF);
        }
        // Hawtio logs several lines for each login.
        List.of("io.hawt", "org.eclipse.jetty", "org.jolokia")
                .forEach(each -> context.getLogger(each).setLevel(Level.WARN));
        context.getLogger("io.londiste").setLevel(detail.level);
        return context;
    }

    private static FileAppender<ILoggingEvent> file(LoggerContext context, Settings settings) {
        check(settings);
        var name = settings.logfile().toAbsolutePath();
        if (settings.logCount() == 0) { // no rotation, as with Python's logging that Londiste 2 used
            var appender = new FileAppender<ILoggingEvent>();
            appender.setFile(name.toString());
            return appender;
        }
        var appender = new RollingFileAppender<ILoggingEvent>();
        appender.setFile(name.toString());
        var rotation = new UnlimitedWindow();
        rotation.setContext(context);
        rotation.setParent(appender);
        rotation.setFileNamePattern(name.toString().replace("%", "\\%") + ".%i");
        rotation.setMinIndex(1);
        rotation.setMaxIndex(settings.logCount());
        rotation.start();
        var size = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        size.setContext(context);
        size.setCheckIncrement(new Duration(0)); // otherwise it checks the size once a minute
        size.setMaxFileSize(new FileSize(settings.logSize()));
        size.start();
        appender.setRollingPolicy(rotation);
        appender.setTriggeringPolicy(size);
        return appender;
    }

    /** Keeps any number of old files; the superclass limits it to 20. */
    private static final class UnlimitedWindow extends FixedWindowRollingPolicy {
        @Override
        protected int getMaxWindowSize() {
            return Integer.MAX_VALUE;
        }
    }

    private static Encoder<ILoggingEvent> encoder(Settings settings) {
        return settings.logFormat() == LogFormat.JSON ? new JsonLines() : pattern(FULL);
    }

    private static Encoder<ILoggingEvent> pattern(String pattern) {
        var encoder = new PatternLayoutEncoder();
        encoder.setPattern(pattern);
        encoder.setCharset(StandardCharsets.UTF_8);
        return encoder;
    }

    private static void attach(
            LoggerContext context, Appender<ILoggingEvent> appender, Encoder<ILoggingEvent> encoder) {
        encoder.setContext(context);
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

    /** Writes to a stream and does not close it. */
    private static final class ToStream extends AppenderBase<ILoggingEvent> {
        private final PrintStream stream;
        private Encoder<ILoggingEvent> encoder;

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
