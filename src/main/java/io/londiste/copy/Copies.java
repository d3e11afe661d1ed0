package io.londiste.copy;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.db.Transactions;
import io.londiste.table.CopyConsumers;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableLife;
import io.londiste.table.TableState.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tables this process is bringing to {@code ok}, and which come next.
 *
 * <p>A table that failed is tried again after a pause that grows from {@link #FIRST_PAUSE} to {@link #LAST_PAUSE}, or
 * from {@link #PASSING_PAUSE} to {@link #FIRST_PAUSE} if the reason may pass by itself.
 * Safe for use by several threads.
 */
public final class Copies {
    private static final Logger LOG = LoggerFactory.getLogger(Copies.class);
    private static final Duration PASSING_PAUSE = Duration.ofMillis(500);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LAST_PAUSE = Duration.ofMinutes(5);

    /** A failed table: the number of failures, when it is tried again, and whether the reason may pass by itself. */
    private record Failure(int times, long nextNanos, boolean passing) {
        /** The rest of the pause; zero when it is over. */
        Duration left() {
            return Duration.ofNanos(Math.max(0, nextNanos - System.nanoTime()));
        }
    }

    /** How soon to check again while tables are on their way, in case the notification that one is done is lost. */
    private static final Duration BUSY_CHECK = Duration.ofMillis(500);
    /** How soon to check again when nothing is expected, in case the notification of a new table is lost. */
    private static final Duration CHECK = Duration.ofSeconds(2);

    private final String queue;
    private final int parallel;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final TableLife life;
    private final CopyConsumers consumers;
    private final Handover handover;
    private final Map<TableName, TableCopy> active = new ConcurrentHashMap<>();
    private final Map<TableName, Long> copied = new ConcurrentHashMap<>();
    private final Map<TableName, Failure> failures = new ConcurrentHashMap<>();
    private volatile Duration rest = Duration.ZERO;

    /** @param parallel how many tables are worked on at once */
    public Copies(
            String queue,
            int parallel,
            DataSource subscriber,
            SubscribedTables tables,
            TableLife life,
            CopyConsumers consumers,
            Handover handover) {
        this.queue = queue;
        this.parallel = parallel;
        this.subscriber = subscriber;
        this.tables = tables;
        this.life = life;
        this.consumers = consumers;
        this.handover = handover;
    }

    /** The tables to take up now; those for which the replay waits come first. They count as active from here on. */
    public List<TableCopy> due() throws SQLException {
        // enough to have those that are due among them; of many tables not all need to be read each time
        int enough = parallel + active.size() + failures.size();
        List<SubscribedTable> coming =
                Transactions.call(subscriber, transaction -> tables.unsettled(transaction, enough));
        if (coming.size() < enough) {
            failures.keySet()
                    .retainAll(coming.stream().map(SubscribedTable::name).collect(Collectors.toSet()));
        }
        rest = coming.stream().map(this::rest).min(Comparator.naturalOrder()).orElse(CHECK);
        List<TableCopy> due = coming.stream()
                .filter(this::isDue)
                .limit(Math.max(0, parallel - active.size()))
                .map(table -> new TableCopy(table.name()))
                .toList();
        due.forEach(copy -> active.put(copy.table(), copy));
        return due;
    }

    /** How long no table becomes due by itself, as far as was known when {@link #due} was called. */
    Duration rest() {
        return rest;
    }

    private Duration rest(SubscribedTable table) {
        Failure failure = failures.get(table.name());
        return failure == null || active.containsKey(table.name()) || isDue(table)
                ? BUSY_CHECK
                : least(CHECK, failure.left());
    }

    private boolean isDue(SubscribedTable table) {
        if (active.containsKey(table.name())) {
            return false;
        }
        Failure failure = failures.get(table.name());
        // an operator removes the reason, by resync or retry, to have the table tried at once
        return failure == null || table.reason() == null || failure.left().isZero();
    }

    /** Whether the table has failed for a reason that an operator has to fix; it is tried again nevertheless. */
    public boolean isStopped(TableName table) {
        Failure failure = failures.get(table);
        return failure != null && !failure.passing && !active.containsKey(table);
    }

    /** The tables that are worked on now. */
    public Map<TableName, TableCopy> active() {
        return new TreeMap<>(active);
    }

    /** Rows that the last copy of each table brought, so far; without the tables that this process has not copied. */
    public Map<TableName, Long> rows() {
        Map<TableName, Long> rows = new TreeMap<>(copied);
        active.values().stream().filter(copy -> copy.rows() > 0).forEach(copy -> rows.put(copy.table(), copy.rows()));
        return rows;
    }

    /** The table needs no more work here: it is ok, or it was removed or is to be copied again. */
    public void finished(TableCopy copy) throws SQLException {
        failures.remove(copy.table());
        try {
            if (copy.consumer() != null) {
                Transactions.run(subscriber, transaction -> consumers.remove(transaction, copy.consumer()));
            }
        } finally {
            release(copy);
            announce();
        }
    }

    /**
     * Stops the table for a while, with the reason; its place in the queue is kept.
     *
     * @param passing whether the reason may pass by itself, so that the pause is short
     */
    public void failed(TableCopy copy, String reason, boolean passing) throws SQLException {
        Failure before = failures.get(copy.table());
        int times = before == null ? 1 : before.times + 1;
        Duration first = passing ? PASSING_PAUSE : FIRST_PAUSE;
        Duration last = passing ? FIRST_PAUSE : LAST_PAUSE;
        Duration pause = least(last, first.multipliedBy(1L << Math.min(times - 1, 10)));
        failures.put(copy.table(), new Failure(times, System.nanoTime() + pause.toNanos(), passing));
        try {
            boolean stopped = Transactions.call(subscriber, transaction -> {
                var table = tables.find(transaction, copy.table());
                return table.isPresent() && life.stop(transaction, table.get(), reason);
            });
            LOG.error(
                    stopped ? "table {} is stopped: {}. It is tried again in {} s" : "after the copy of table {}: {}",
                    copy.table(),
                    reason,
                    pause.toMillis() / 1000.0);
        } finally {
            release(copy);
            announce();
        }
    }

    /** Notifies {@link DueTables} that there is room for a table that waits. */
    private void announce() {
        try (Connection connection = subscriber.getConnection()) {
            Jdbc.execute(connection, "select pg_notify('londiste_table', ?)", queue);
        } catch (SQLException e) {
            LOG.debug("tables that wait are taken up later", e);
        }
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Leaves the table as it is: the process is about to end. */
    void dropped(TableCopy copy) {
        release(copy);
    }

    private void release(TableCopy copy) {
        if (copy.rows() > 0) {
            copied.put(copy.table(), copy.rows());
        }
        active.remove(copy.table());
        handover.changed();
    }

    /**
     * Has tables copied again that have become unlogged, since a crash of the server may have emptied them. They are
     * stopped until they are logged again: their copy refuses to begin.
     */
    public void restartUnlogged() throws SQLException {
        if (Transactions.call(subscriber, this::unlogged).isEmpty()) {
            return; // running batches need not be waited for
        }
        boolean restarted = Transactions.call(subscriber, transaction -> {
            tables.lock(transaction);
            List<SubscribedTable> found = unlogged(transaction);
            for (SubscribedTable table : found) {
                LOG.warn("table {} is unlogged on the subscriber: it is copied again when it is logged", table.name());
                life.restart(transaction, table);
            }
            return !found.isEmpty();
        });
        if (restarted) {
            announce();
        }
    }

    /** The unlogged tables whose rows have been copied. */
    private List<SubscribedTable> unlogged(Connection connection) throws SQLException {
        List<String> names = Jdbc.list(
                connection, "select table_name from londiste.subscriber_unlogged(?)", row -> row.getString(1), queue);
        return names.isEmpty()
                ? List.of()
                : tables.list(connection).stream()
                        .filter(table -> names.contains(table.name().toString()))
                        .filter(table -> table.state().phase() != Phase.NEW
                                && table.state().phase() != Phase.IN_COPY)
                        .toList();
    }

    /**
     * Removes the consumers of copies whose tables are in sync or not subscribed any more, which a killed process could
     * not do. No copy begins meanwhile.
     */
    public void removeUnneededConsumers() throws SQLException {
        if (Transactions.call(subscriber, consumers::unneeded).isEmpty()) {
            return; // running batches need not be waited for
        }
        Transactions.run(subscriber, transaction -> {
            tables.lock(transaction);
            for (String consumer : consumers.unneeded(transaction)) {
                LOG.info("removing consumer {} of an interrupted copy", consumer);
                consumers.remove(transaction, consumer);
            }
        });
    }
}
