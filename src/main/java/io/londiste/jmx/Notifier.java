package io.londiste.jmx;

import io.londiste.subscriber.TableStatus;
import io.londiste.table.TableName;
import io.londiste.watch.JobState;
import io.londiste.watch.JobState.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.management.MBeanNotificationInfo;
import javax.management.Notification;
import javax.management.ObjectName;

/** What the MBeans tell by themselves. Used by one thread. */
final class Notifier {
    private static final String STATE = "io.londiste.state";
    private static final String ERROR = "io.londiste.error";
    private static final String LAG = "io.londiste.lag";

    static final MBeanNotificationInfo OF_STATE = info(STATE, "Another state; user data: old, new");
    static final MBeanNotificationInfo OF_ERROR = info(ERROR, "Something went wrong; user data: place, message");
    static final MBeanNotificationInfo OF_LAG = info(
            LAG,
            "The lag is over its limit, told once until it is under it again; user data: lagSeconds, limitSeconds");

    /** User data of {@value #STATE}. */
    private record Change(String old, String now) {}

    /** User data of {@value #ERROR}. */
    private record Failure(Instant time, String place, String message) {}

    /** User data of {@value #LAG}. */
    private record Lag(Duration lag, Duration limit) {}

    /** A receiver. */
    record Receiver(DescribedMBean bean, ObjectName name) {}

    private final Function<TableName, Receiver> tables;
    private final Receiver replay;
    private final AtomicLong number = new AtomicLong();
    private boolean lagging;

    /** @param tables finds the MBean of a table, null if it has none */
    Notifier(Function<TableName, Receiver> tables, Receiver replay) {
        this.tables = tables;
        this.replay = replay;
    }

    private static MBeanNotificationInfo info(String type, String description) {
        return new MBeanNotificationInfo(new String[] {type}, Notification.class.getName(), description);
    }

    /** Tells what has changed between two pictures. */
    void tell(JobState before, JobState now) {
        now.tables().forEach((name, table) -> {
            var old = before.tables().get(name);
            if (old != null) {
                tell(name, old, table);
            }
        });
        tellError(before.first(), now.first());
        tellError(before.second(), now.second());
        var error = now.progress().error();
        if (error != null && !error.equals(before.progress().error())) {
            send(replay, ERROR, error, new Failure(Instant.now(), "replay", error));
        }
    }

    private void tell(TableName name, TableStatus old, TableStatus now) {
        var receiver = tables.apply(name);
        if (receiver == null) {
            return;
        }
        if (!now.state().equals(old.state())) {
            var change = new Change(old.state().toString(), now.state().toString());
            send(receiver, STATE, name + ": " + change.old + " -> " + change.now, change);
        }
        if (now.reason() != null && !Objects.equals(now.reason(), old.reason())) {
            send(
                    receiver,
                    ERROR,
                    name + ": " + now.reason(),
                    new Failure(Instant.now(), name.toString(), now.reason()));
        }
    }

    private void tellError(Side before, Side now) {
        if (!now.error().isEmpty() && !now.error().equals(before.error())) {
            send(replay, ERROR, now.error(), new Failure(Instant.now(), "database", now.error()));
        }
    }

    /** @param lag null if it is not known */
    void tellLag(Duration lag, Duration limit) {
        boolean over = lag == null ? lagging : lag.compareTo(limit) > 0;
        if (over && !lagging) {
            send(replay, LAG, "the replay is " + lag.toSeconds() + " s behind", new Lag(lag, limit));
        }
        lagging = over;
    }

    private void send(Receiver receiver, String type, String message, Record data) {
        var notification = new Notification(type, receiver.name, number.incrementAndGet(), message);
        notification.setUserData(Composites.of(data));
        receiver.bean.sendNotification(notification);
    }
}
