package io.londiste.console;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what was refused, a line each, and only so many lines a minute: whoever knocks does not fill the disk. */
final class Refusals implements RequestLog {
    /** The request's attribute that says why it was refused. */
    static final String WHY = "io.londiste.console.refused";

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final int LINES_PER_MINUTE = 20;
    private static final int LONGEST = 200;
    private static final int CLIENT_ERROR = 400;

    private final LongSupplier nanos;
    private long minute;
    private int lines;
    private int unsaid;

    Refusals() {
        this(System::nanoTime);
    }

    Refusals(LongSupplier nanos) {
        this.nanos = nanos;
        minute = nanos.getAsLong();
    }

    @Override
    public void log(Request request, Response response) {
        int status = response.getStatus();
        var path = request.getHttpURI().getPath();
        if (status >= CLIENT_ERROR) {
            var why = request.getAttribute(WHY);
            log(request.getMethod() + " " + path + " of " + Request.getRemoteAddr(request) + ": " + status
                    + (why == null ? "" : ", " + why));
        }
    }

    /** Logs that something was refused. */
    synchronized void log(String what) {
        long now = nanos.getAsLong();
        if (now - minute >= Duration.ofMinutes(1).toNanos()) {
            if (unsaid > 0) {
                LOG.warn("console: {} more were refused", unsaid);
            }
            minute = now;
            lines = 0;
            unsaid = 0;
        }
        if (lines++ < LINES_PER_MINUTE) {
            LOG.warn("console: refused {}", printable(what));
        } else {
            unsaid++;
        }
    }

    /** Nobody writes lines of his own into the log. */
    private static String printable(String text) {
        var line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
    }
}
