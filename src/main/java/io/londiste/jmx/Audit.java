package io.londiste.jmx;

import io.londiste.error.Causes;
import java.rmi.server.RemoteServer;
import java.rmi.server.ServerNotActiveException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of who signed in and who changed what, in the log and as notifications of the daemons' MBeans. It contains no
 * passwords. Safe for use by several threads.
 */
public final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final int MAX_LENGTH = 500;
    private static final ThreadLocal<Caller> CALLER = new ThreadLocal<>();
    private static final List<Consumer<Entry>> LISTENERS = new CopyOnWriteArrayList<>();

    /**
     * What was recorded.
     *
     * @param from address of the client, and how it came
     * @param action the command with its arguments; or {@code sign in}
     * @param outcome begun, failed or refused
     * @param reason why it failed or was refused; empty if it has begun
     */
    record Entry(
            Instant time,
            String user,
            String role,
            String address,
            String means,
            String action,
            String outcome,
            String reason) {}

    private Audit() {}

    /** Runs the work, whose calls of MBeans in this thread are those of the caller. */
    public static <T> T as(Caller caller, Callable<T> work) throws Exception {
        var before = CALLER.get();
        CALLER.set(caller);
        try {
            return work.call();
        } finally {
            CALLER.set(before);
        }
    }

    /** Calls the listener for each entry from now on, in the thread of the caller. Returns what ends that. */
    static Runnable listen(Consumer<Entry> listener) {
        LISTENERS.add(listener);
        return () -> LISTENERS.remove(listener);
    }

    /**
     * Records a command, before it is executed.
     *
     * @param action the command, with its target and arguments, without secrets
     */
    public static void begun(String action) {
        record(caller(), action, "begun", "");
    }

    /** Records that a command has failed. */
    static void failed(String action, Exception failure) {
        record(caller(), action, "failed", Causes.message(failure));
    }

    /** Records that a user has signed in. */
    public static void signedIn(Caller caller) {
        record(caller, "sign in", "begun", "");
    }

    /** Sends that an attempt to sign in was refused, which the caller has logged. */
    public static void refused(Caller caller, String reason) {
        send(caller, "sign in", "refused", reason);
    }

    private static Caller caller() {
        var known = CALLER.get();
        if (known != null) {
            return known;
        }
        try {
            return new Caller("", "", RemoteServer.getClientHost(), "JMX of this machine"); // jconsole PID
        } catch (ServerNotActiveException e) {
            return new Caller("", "", "", "this process");
        }
    }

    private static void record(Caller caller, String action, String outcome, String reason) {
        LOG.info("{}", printable(caller + ": " + action + (reason.isEmpty() ? "" : ", " + outcome + ": " + reason)));
        send(caller, action, outcome, reason);
    }

    private static void send(Caller caller, String action, String outcome, String reason) {
        var entry = new Entry(
                Instant.now(),
                printable(caller.user()),
                caller.role(),
                caller.address(),
                printable(caller.means()),
                printable(action),
                outcome,
                printable(reason));
        LISTENERS.forEach(listener -> listener.accept(entry));
    }

    /** Whether it is an MBean of a daemon, which records its changes itself. */
    public static boolean isOurs(ObjectName name) {
        return name.getDomain().equals("io.londiste");
    }

    /** The MBean in words, if it is one of ours. */
    static String target(ObjectName name) {
        if (!isOurs(name)) {
            return name.toString();
        }
        var key = name.getKeyProperty("name") == null ? name.getKeyProperty("id") : name.getKeyProperty("name");
        return name.getKeyProperty("type") + (key == null ? "" : " " + unquoted(key)) + " of job "
                + unquoted(name.getKeyProperty("job"));
    }

    private static String unquoted(String value) {
        return value.startsWith("\"") ? ObjectName.unquote(value) : value;
    }

    /** Removes line breaks, so that clients cannot forge log lines, and limits the length. */
    static String printable(String text) {
        var line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "..." : line;
    }
}
