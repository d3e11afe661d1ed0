package io.londiste.console;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs refused requests, one line each, with a limit of lines per minute so that clients cannot fill the disk. */
final class RefusalLog implements RequestLog {
    /** The request attribute with the reason for refusal. */
    static final String REASON = "io.londiste.console.refused";

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final int LINES_PER_MINUTE = 20;
    private static final int MAX_LENGTH = 200;
    private static final int CLIENT_ERROR = 400;

    private final LongSupplier nanos;
    private long minute;
    private int lines;
    private int suppressed;

    RefusalLog() {
        this(System::nanoTime);
    }

    RefusalLog(LongSupplier nanos) {
        this.nanos = nanos;
        minute = nanos.getAsLong();
    }

    @Override
    public void log(Request request, Response response) {
        int status = response.getStatus();
        var path = request.getHttpURI().getPath();
        if (status >= CLIENT_ERROR) {
            var reason = request.getAttribute(REASON);
            log(request.getMethod() + " " + path + " from " + Request.getRemoteAddr(request) + ": " + status
                    + (reason == null ? "" : ", " + reason));
        }
    }

    /** Logs a refusal. */
    synchronized void log(String what) {
        long now = nanos.getAsLong();
        if (now - minute >= Duration.ofMinutes(1).toNanos()) {
            if (suppressed > 0) {
                LOG.warn("console: refused {} more requests", suppressed);
            }
            minute = now;
            lines = 0;
            suppressed = 0;
        }
        if (lines++ < LINES_PER_MINUTE) {
            LOG.warn("console: refused {}", printable(what));
        } else {
            suppressed++;
        }
    }

    /** Removes line breaks, so that clients cannot forge log lines, and limits the length. */
    private static String printable(String text) {
        var line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "..." : line;
    }
}
