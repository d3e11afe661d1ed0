package io.londiste.copy;

import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.db.Timeouts;
import io.londiste.db.Transactions;
import io.londiste.error.Causes;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores the foreign keys that were dropped for a copy, once the tables on both ends are in sync, each by itself:
 *
 * <ol>
 *   <li>a query looks for rows that violate it, so that it never binds the replay if there are any;
 *   <li>it is created without a check, between two batches;
 *   <li>its rows are checked, while batches are applied.
 * </ol>
 *
 * <p>The first and the last step may take long. They give way to sessions that wait for their tables. A foreign key that
 * cannot be restored stays pending, with the reason, and is tried again after a pause that grows. Safe for use by several
 * threads, which restore different foreign keys.
 */
public final class ForeignKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignKeys.class);
    /** The pause after a failure grows: a key that rows violate costs a scan of both tables each time. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(20);

    private static final Duration LAST_PAUSE = Duration.ofMinutes(10);

    /** The pauses if the reason may pass by itself: a lock that others hold, or that others wait for. */
    private static final Duration FIRST_SHORT_PAUSE = Duration.ofSeconds(2);

    private static final Duration LAST_SHORT_PAUSE = Duration.ofMinutes(1);

    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);

    /** The small tables first: their foreign keys need not wait for the check of a large one. */
    private static final String RESTORABLE = """
            select f.from_table, f.fkey_name, f.to_table, f.reason
              from londiste.restorable_fkeys(?) as f
              left join pg_catalog.pg_class as c on c.oid = londiste.find_table(f.from_table)
             order by c.relpages, f.from_table, f.fkey_name
            """;

    private record Key(String table, String name) {
        @Override
        public String toString() {
            return "foreign key " + name + " of table " + table;
        }
    }

    private record Pending(Key key, String parent, String reason) {}

    /** When a foreign key that has failed is tried again. */
    private record Failure(int times, long nextNanos) {}

    private final String queue;
    private final DataSource subscriber;
    private final TableShapes shapes;
    private final Duration lockTimeout;
    private final GivingWay givingWay;
    private final Set<Key> inWork = new HashSet<>();
    private final Map<Key, Failure> failures = new HashMap<>();
    private long restored;
    private long reported;
    private long lastReport = System.nanoTime() - REPORT_INTERVAL.toNanos();

    /** @param lockTimeout how long to wait for sessions that use the tables, if it is less than {@link Timeouts#BATCH_LOCK} */
    public ForeignKeys(String queue, DataSource subscriber, TableShapes shapes, Duration lockTimeout) {
        this.queue = queue;
        this.subscriber = subscriber;
        this.shapes = shapes;
        this.lockTimeout = shorter(lockTimeout);
        this.givingWay = new GivingWay(subscriber);
    }

    /** How long to wait for a lock while the replay waits as well. */
    static Duration shorter(Duration lockTimeout) {
        return lockTimeout.compareTo(Timeouts.BATCH_LOCK) < 0 ? lockTimeout : Timeouts.BATCH_LOCK;
    }

    /** Restores what can be restored now; returns early when the route is to stop. */
    public void restore(Exchange exchange) throws SQLException {
        restoreUntil(() -> !exchange.getContext().getStatus().isStarted());
    }

    /**
     * Restores what can be restored now.
     *
     * @param ended whether to return early
     */
    public void restoreUntil(BooleanSupplier ended) throws SQLException {
        for (List<Pending> due = due(); !due.isEmpty(); due = due()) {
            for (Pending key : due) {
                if (ended.getAsBoolean()) {
                    return;
                }
                if (take(key.key)) {
                    try {
                        restore(key, ended);
                    } finally {
                        release(key.key);
                    }
                    report(false);
                }
            }
        }
        report(true);
    }

    /** Whether there are foreign keys that can be restored now, or are being restored. */
    public boolean isAtWork() throws SQLException {
        synchronized (this) {
            if (!inWork.isEmpty()) {
                return true;
            }
        }
        return !due().isEmpty();
    }

    private List<Pending> due() throws SQLException {
        List<Pending> restorable;
        try (Connection connection = subscriber.getConnection()) {
            restorable = Jdbc.list(
                    connection,
                    RESTORABLE,
                    row -> new Pending(new Key(row.getString(1), row.getString(2)), row.getString(3), row.getString(4)),
                    queue);
        }
        synchronized (this) {
            failures.keySet().retainAll(restorable.stream().map(Pending::key).collect(Collectors.toSet()));
            return restorable.stream().filter(pending -> isDue(pending.key)).toList();
        }
    }

    private boolean isDue(Key key) {
        Failure failure = failures.get(key);
        return !inWork.contains(key) && (failure == null || System.nanoTime() - failure.nextNanos >= 0);
    }

    private synchronized boolean take(Key key) {
        return isDue(key) && inWork.add(key);
    }

    private synchronized void release(Key key) {
        inWork.remove(key);
    }

    private void restore(Pending pending, BooleanSupplier ended) throws SQLException {
        Key key = pending.key;
        try {
            Optional<String> violation = violation(key, ended);
            if (violation.isPresent()) {
                failed(
                        pending,
                        "rows of %s violate it: %s has no (%s)".formatted(key.table, pending.parent, violation.get()),
                        false);
                return;
            }
            Boolean whole = add(key);
            if (whole == null) {
                failed(key, true); // not pending any more, or its tables are on their way again
            } else if (whole || validate(key, ended)) {
                succeeded(key);
            } else {
                failed(key, true);
            }
        } catch (SQLException e) {
            if (ended.getAsBoolean()) {
                return; // that is why it was cancelled
            }
            if (SqlState.isConstraintViolation(e)) {
                withdraw(key);
            }
            failed(pending, reason(key, e), SqlState.isPassing(e));
        }
    }

    private Optional<String> violation(Key key, BooleanSupplier ended) throws SQLException {
        return givingWay.call(
                "select londiste.fkey_violation(?, ?)",
                row -> Optional.ofNullable(row.getString(1)),
                ended,
                key.table,
                key.name);
    }

    /** Returns whether it is restored, or is to be validated; null: it is not to be restored now. */
    private Boolean add(Key key) throws SQLException {
        try (Connection connection = subscriber.getConnection()) {
            return Jdbc.only(
                    connection,
                    "select londiste.add_fkey(?, ?, ?, ?)",
                    row -> row.getObject(1, Boolean.class),
                    queue,
                    key.table,
                    key.name,
                    (int) lockTimeout.toMillis());
        } finally {
            shapes.forgetForeignKeys(); // they decide in which order tables are written
        }
    }

    private boolean validate(Key key, BooleanSupplier ended) throws SQLException {
        return givingWay.call(
                "select londiste.validate_fkey(?, ?)", row -> row.getBoolean(1), ended, key.table, key.name);
    }

    private void withdraw(Key key) throws SQLException {
        Transactions.run(subscriber, transaction -> {
            Jdbc.execute(transaction, "select londiste.lock_tables(?, true)", queue);
            Jdbc.execute(transaction, "set local lock_timeout = " + lockTimeout.toMillis());
            Jdbc.execute(transaction, "select londiste.withdraw_fkey(?, ?)", key.table, key.name);
        });
    }

    private String reason(Key key, SQLException error) throws SQLException {
        if (SqlState.isCanceled(error)) {
            return "the check of its rows gave way to a session that waits for one of its tables";
        }
        if (!SqlState.isLockTimeout(error)) {
            return Causes.root(error);
        }
        return Transactions.call(subscriber, transaction -> "no lock within %s s, held by %s"
                .formatted(
                        lockTimeout.toMillis() / 1000.0,
                        Jdbc.only(
                                transaction,
                                "select londiste.lock_holders(?, false)",
                                row -> row.getString(1),
                                key.table)));
    }

    private void failed(Pending pending, String reason, boolean passing) throws SQLException {
        Key key = pending.key;
        failed(key, passing);
        if (!reason.equals(pending.reason)) {
            LOG.warn("{} stays pending: {}", key, reason);
        }
        Transactions.run(
                subscriber,
                transaction ->
                        Jdbc.execute(transaction, "select londiste.fkey_failed(?, ?, ?)", key.table, key.name, reason));
    }

    private synchronized void failed(Key key, boolean passing) {
        int times = failures.containsKey(key) ? failures.get(key).times + 1 : 1;
        Duration first = passing ? FIRST_SHORT_PAUSE : FIRST_PAUSE;
        Duration last = passing ? LAST_SHORT_PAUSE : LAST_PAUSE;
        Duration grown = first.multipliedBy(1L << Math.min(times - 1, 10));
        Duration pause = grown.compareTo(last) < 0 ? grown : last;
        failures.put(key, new Failure(times, System.nanoTime() + pause.toNanos()));
    }

    private synchronized void succeeded(Key key) {
        failures.remove(key);
        restored++;
        LOG.debug("{} is restored", key);
    }

    /** Logs how many foreign keys are restored, from time to time, and when none is left. */
    private void report(boolean atEnd) throws SQLException {
        boolean recent;
        synchronized (this) {
            recent = System.nanoTime() - lastReport < REPORT_INTERVAL.toNanos();
            if (restored == reported || (recent && !atEnd)) {
                return;
            }
        }
        long pending = Transactions.call(
                subscriber,
                transaction -> Jdbc.only(
                        transaction, "select count(*) from londiste.subscriber_pending_fkeys", row -> row.getLong(1)));
        synchronized (this) {
            if (restored == reported || (recent && pending > 0)) {
                return;
            }
            LOG.info("restored {} of {} foreign keys", restored, restored + pending);
            reported = restored;
            lastReport = System.nanoTime();
            if (pending == 0) {
                restored = 0;
                reported = 0;
            }
        }
    }
}
