package io.londiste.jmx;

import io.londiste.change.TableName;
import io.londiste.digest.LastComparison;
import io.londiste.hook.Compared;
import io.londiste.hook.Hook;
import io.londiste.hook.Hooks;
import io.londiste.hook.LagChange;
import io.londiste.hook.StateChange;
import io.londiste.hook.TableStop;
import io.londiste.subscriber.TableStatus;
import io.londiste.watch.JobState;
import io.londiste.watch.JobState.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.management.MBeanNotificationInfo;
import javax.management.Notification;
import javax.management.ObjectName;

/**
 * Finds what has changed between two states, and sends the notifications of the MBeans, and messages to the routes that read from
 * hooks. For use by one thread, except {@link #notifyAudit}.
 */
final class Notifier {
    private static final String STATE = "io.londiste.state";
    private static final String ERROR = "io.londiste.error";
    private static final String LAG = "io.londiste.lag";
    private static final String AUDIT = "io.londiste.audit";

    static final MBeanNotificationInfo OF_STATE = info(STATE, "The state has changed; user data: old, new");
    static final MBeanNotificationInfo OF_ERROR = info(ERROR, "An error has occurred; user data: place, message");
    static final MBeanNotificationInfo OF_LAG = info(
            LAG,
            "The lag exceeds its limit; sent once until it is below the limit again; user data: lagSeconds, limitSeconds");

    static final MBeanNotificationInfo OF_AUDIT = info(
            AUDIT,
            "Somebody has signed in or executed a command that changes something, or an attempt to sign in was refused; user data:"
                    + " time, user, role, address, means (JMX or console, with the page), action, outcome (begun, failed,"
                    + " refused), reason");

    /** User data of {@value #STATE}. */
    private record Change(String old, String now) {}

    /** User data of {@value #ERROR}. */
    private record Failure(Instant time, String place, String message) {}

    /** User data of {@value #LAG}. */
    private record Lag(Duration lag, Duration limit) {}

    /** An MBean that sends notifications, and its name. */
    record Source(DescribedMBean bean, ObjectName name) {}

    private final Function<TableName, Source> tables;
    private final Source daemon;
    private final Supplier<Optional<Hooks>> hooks;
    private final AtomicLong number = new AtomicLong();
    private boolean lagging;

    /**
     * @param tables finds the MBean of a table; null if it has none
     * @param daemon the MBean of the replay or the ticker
     * @param hooks those of the running routes; empty while none run
     */
    Notifier(Function<TableName, Source> tables, Source daemon, Supplier<Optional<Hooks>> hooks) {
        this.tables = tables;
        this.daemon = daemon;
        this.hooks = hooks;
    }

    private static MBeanNotificationInfo info(String type, String description) {
        return new MBeanNotificationInfo(new String[] {type}, Notification.class.getName(), description);
    }

    /** Sends what has changed between two states. */
    void notifyChanges(JobState before, JobState now) {
        boolean known = before.second().read() != null;
        now.tables().forEach((name, table) -> {
            var old = before.tables().get(name);
            if (old != null) {
                notifyTable(name, old, table);
            }
            if (known) {
                tellOfTable(name, old, table);
            }
        });
        now.comparisons().forEach((name, last) -> {
            if (known && !last.equals(before.comparisons().get(name))) {
                tell(Hook.COMPARED, () -> compared(name, last));
            }
        });
        notifyError(before.first(), now.first());
        notifyError(before.second(), now.second());
        now.ticks().forEach((queue, ticks) -> {
            var old = before.ticks().get(queue);
            if (!ticks.error().isEmpty() && (old == null || old.error().isEmpty())) {
                send(daemon, ERROR, ticks.error(), new Failure(Instant.now(), "ticker", ticks.error()));
            }
        });
        var error = now.progress().error();
        if (error != null && !error.equals(before.progress().error())) {
            send(daemon, ERROR, error, new Failure(Instant.now(), "replay", error));
        }
    }

    /** Sends who has signed in or changed something. Safe for use by several threads. */
    void notifyAudit(Audit.Entry entry) {
        send(daemon, AUDIT, entry.user() + ": " + entry.action() + ", " + entry.outcome(), entry);
    }

    /** Sends that routes are not as they should be. */
    void notifyRoutes(String problem) {
        send(daemon, ERROR, problem, new Failure(Instant.now(), "routes", problem));
    }

    private void notifyTable(TableName name, TableStatus old, TableStatus now) {
        var source = tables.apply(name);
        if (source == null) {
            return;
        }
        if (!now.state().equals(old.state())) {
            var change = new Change(old.state().toString(), now.state().toString());
            send(source, STATE, name + ": " + change.old + " -> " + change.now, change);
        }
        if (now.reason() != null && !Objects.equals(now.reason(), old.reason())) {
            send(source, ERROR, name + ": " + now.reason(), new Failure(Instant.now(), name.toString(), now.reason()));
        }
    }

    /** @param old null: the table was added */
    private void tellOfTable(TableName name, TableStatus old, TableStatus now) {
        if (old == null || !now.state().equals(old.state())) {
            var before = old == null ? null : old.state().toString();
            tell(
                    Hook.TABLE_STATE,
                    () -> new StateChange(name, before, now.state().toString(), now.reason()));
        }
        if (now.reason() != null && (old == null || !now.reason().equals(old.reason()))) {
            tell(Hook.TABLE_STOPPED, () -> new TableStop(name, now.state().toString(), now.reason()));
        }
    }

    private static Compared compared(TableName table, LastComparison last) {
        return new Compared(
                table,
                last.time(),
                last.outcome().name(),
                last.providerRows(),
                last.subscriberRows(),
                last.missing(),
                last.extra(),
                last.different(),
                last.note());
    }

    private void tell(Hook hook, Supplier<Record> body) {
        hooks.get().filter(running -> running.isRead(hook)).ifPresent(running -> running.send(hook, body.get()));
    }

    private void notifyError(Side before, Side now) {
        if (!now.error().isEmpty() && !now.error().equals(before.error())) {
            send(daemon, ERROR, now.error(), new Failure(Instant.now(), "database", now.error()));
        }
    }

    /** @param lag null if it is unknown */
    void notifyLag(Duration lag, Duration limit) {
        boolean over = lag == null ? lagging : lag.compareTo(limit) > 0;
        if (over && !lagging) {
            send(daemon, LAG, "the replay is " + lag.toSeconds() + " s behind", new Lag(lag, limit));
        }
        if (over != lagging) {
            tell(Hook.LAG, () -> new LagChange(over, lag, limit));
        }
        lagging = over;
    }

    private void send(Source source, String type, String message, Record data) {
        var notification = new Notification(type, source.name, number.incrementAndGet(), message);
        notification.setUserData(Composites.of(data));
        source.bean.sendNotification(notification);
    }
}
