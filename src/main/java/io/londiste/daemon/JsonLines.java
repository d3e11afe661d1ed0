package io.londiste.daemon;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import io.londiste.app.Json;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Writes each message of the log as a JSON object in one line. Logback's own encoder writes other fields: the time in
 * milliseconds, the job among the properties of its context, and a stack trace as an array of frames.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    private final Json json = new Json();

    /** The fields of a line; the exception, with its stack trace, is null if there is none. */
    private record Line(
            String time,
            String level,
            String logger,
            String thread,
            long process,
            String job,
            String message,
            String exception) {}

    @Override
    public byte[] encode(ILoggingEvent event) {
        var line = new Line(
                TIME.format(event.getInstant()),
                event.getLevel().toString(),
                event.getLoggerName(),
                event.getThreadName(),
                ProcessHandle.current().pid(),
                getContext().getProperty("job"),
                event.getFormattedMessage(),
                exception(event.getThrowableProxy()));
        return (json.of(line) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String exception(IThrowableProxy thrown) {
        return thrown == null ? null : ThrowableProxyUtil.asString(thrown);
    }

    @Override
    public byte[] headerBytes() {
        return null; // none, as the interface says
    }

    @Override
    public byte[] footerBytes() {
        return null;
    }
}
