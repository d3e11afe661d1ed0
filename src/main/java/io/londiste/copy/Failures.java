package io.londiste.copy;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.db.Transactions;
import io.londiste.error.Causes;
import io.londiste.error.RecentErrors;
import io.londiste.error.RepeatFilter;
import io.londiste.pgq.Batch;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.Tick;
import io.londiste.replay.LockedException;
import io.londiste.replay.MissingColumnException;
import io.londiste.replay.Replay;
import io.londiste.replay.ReplayStatus;
import io.londiste.replay.TableException;
import io.londiste.replay.TablesAwaitedException;
import io.londiste.table.CopyConsumers;
import io.londiste.table.MissingGrants;
import io.londiste.table.OvertakenException;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableLife;
import io.londiste.table.TableShapes;
import io.londiste.table.TableState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.util.ObjectHelper;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the errors of replay and copies. A table whose changes cannot be applied or copied is stopped alone, with the
 * reason in its state.
 *
 * <p>A table that stops in the replay gets its own consumer at the tick before the batch, and continues from there like
 * a copied table: it catches up once the reason is gone. One that lacks a column is copied again instead.
 */
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private final String queue;
    private final String jobConsumer;
    private final PgqClient pgq;
    private final DataSource provider;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final TableLife life;
    private final CopyConsumers consumers;
    private final TableShapes shapes;
    private final Copies copies;
    private final ReplayStatus status;
    private final RecentErrors errors;
    private final RepeatFilter repeats = new RepeatFilter();
    /** The batch in which a table has failed before. */
    private final Map<TableName, Long> failedBatches = new ConcurrentHashMap<>();

    public Failures(
            String queue,
            String jobConsumer,
            PgqClient pgq,
            DataSource provider,
            DataSource subscriber,
            SubscribedTables tables,
            TableLife life,
            CopyConsumers consumers,
            TableShapes shapes,
            Copies copies,
            ReplayStatus status,
            RecentErrors errors) {
        this.queue = queue;
        this.jobConsumer = jobConsumer;
        this.pgq = pgq;
        this.provider = provider;
        this.subscriber = subscriber;
        this.tables = tables;
        this.life = life;
        this.consumers = consumers;
        this.shapes = shapes;
        this.copies = copies;
        this.status = status;
        this.errors = errors;
    }

    /**
     * A table of the replay could not be applied. The first time in a batch only the definitions of the tables are read
     * again; the second time the table is stopped, and at once if another session holds a lock of it. The batch is delivered
     * again either way.
     */
    public void replay(Exchange exchange) throws SQLException {
        // a split wraps what happens to one of its events
        TableException error = ObjectHelper.getException(
                TableException.class, exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
        Replay.close(exchange);
        shapes.forget();
        Batch batch = exchange.getProperty(Replay.BATCH, Batch.class);
        TableName table = error.table();
        boolean locked = SqlState.isLockTimeout(error);
        Long before = failedBatches.put(table, batch.id());
        if (!locked && (before == null || before != batch.id())) {
            LOG.warn("{}; trying {} again", error.getMessage(), batch);
            return;
        }
        failedBatches.remove(table);
        String reason = reason(error);
        TableCopy copy = new TableCopy(table);
        Tick tick = batch.previousTick();
        Transactions.run(subscriber, transaction -> {
            tables.lock(transaction);
            var subscribed = tables.find(transaction, table);
            if (subscribed.isPresent() && error instanceof MissingColumnException) {
                life.restart(transaction, subscribed.get());
            } else if (subscribed.isPresent() && subscribed.get().state().equals(TableState.OK)) {
                copy.heldBy(consumers.claim(transaction, subscribed.get()));
                // in the transaction: the removal of unneeded consumers, which locks too, must see both or none
                pgq.registerConsumerAt(queue, copy.consumer(), tick.id());
                life.leaveReplay(transaction, table, reason);
                tables.setPosition(transaction, copy.consumer(), tick.id(), tick.mark());
            }
        });
        failed(copy, reason, locked);
    }

    private void failed(TableCopy copy, String reason, boolean passing) throws SQLException {
        errors.addOfTable(copy.table().toString(), reason);
        copies.failed(copy, reason, passing);
    }

    /** The batch could not be applied, for a reason that is not a single table's. It is delivered again. */
    public void other(Exchange exchange) {
        Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Replay.close(exchange);
        Batch batch = exchange.getProperty(Replay.BATCH, Batch.class);
        LOG.debug("the batch failed", error);
        var work = batch == null ? "batch" : batch.toString();
        var place = batch == null ? "batch" : batch.queue();
        if (ObjectHelper.getException(TablesAwaitedException.class, error) == null) {
            failed(work, place, Causes.root(error));
        } else {
            status.waits(Causes.root(error));
            report(work, place, Causes.root(error));
        }
    }

    /**
     * The replay gets no batch any more.
     *
     * @param problem what is wrong, and what to do
     */
    public void lost(String problem) {
        failed("replay", queue, problem);
    }

    private void failed(String work, String place, String message) {
        status.failed(message);
        report(work, place, message);
    }

    private void report(String work, String place, String message) {
        errors.add(place, message);
        if (repeats.isNews(jobConsumer, work + message)) {
            LOG.error("{}: {}; it is tried again", work, message);
            recordError(message);
        }
    }

    private void recordError(String message) {
        try {
            Transactions.run(subscriber, transaction -> tables.setError(transaction, jobConsumer, message));
        } catch (SQLException e) {
            LOG.debug("the error cannot be recorded on the subscriber", e);
        }
    }

    /** The copy or catch-up of a table ended with an error. */
    public void copy(Exchange exchange) throws SQLException {
        Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        TableCopy copy = exchange.getProperty(CatchUp.COPY, TableCopy.class);
        Replay.close(exchange);
        if (!exchange.getContext().getStatus().isStarted()) {
            copies.dropped(copy);
        } else if (ObjectHelper.getException(OvertakenException.class, error) != null) {
            LOG.info("{}", error.getMessage());
            copies.finished(copy);
        } else {
            LOG.debug("{} failed", copy, error);
            if (!SqlState.isPassing(error)) {
                shapes.forget();
            }
            TableException table = ObjectHelper.getException(TableException.class, error);
            if (table instanceof MissingColumnException) {
                copyAgain(copy.table());
            }
            var reason = table == null ? withGrants(copy.table(), Causes.root(error), error) : reason(table);
            failed(copy, reason, SqlState.isPassing(error));
        }
    }

    private void copyAgain(TableName table) throws SQLException {
        Transactions.run(subscriber, transaction -> {
            tables.lock(transaction);
            var subscribed = tables.find(transaction, table);
            if (subscribed.isPresent() && !subscribed.get().state().equals(TableState.OK)) {
                life.restart(transaction, subscribed.get());
            }
        });
    }

    /**
     * The error's reason; with the sessions that hold its lock if there are any, and with an explanation if a foreign key is violated because one of its tables is not replicated,
     * or if a row fits into no partition.
     */
    private String reason(TableException error) throws SQLException {
        if (error instanceof LockedException) {
            return error.reason() + ", held by " + LockWait.holders(subscriber, error.table());
        }
        PSQLException cause = ObjectHelper.getException(PSQLException.class, error);
        ServerErrorMessage server = cause == null ? null : cause.getServerErrorMessage();
        if (SqlState.isInsufficientPrivilege(error)) {
            return withGrants(error.table(), error.reason(), error);
        }
        if (server == null || server.getConstraint() == null) {
            return error.reason()
                    + (SqlState.isCheckViolation(error)
                            ? " (create a partition for such rows on the subscriber; the table then continues by itself)"
                            : "");
        }
        return Transactions.call(subscriber, transaction -> Jdbc.first(
                        transaction,
                        "select londiste.loose_ends(?, ?, ?, ?)",
                        row -> row.getString(1),
                        queue,
                        server.getSchema(),
                        server.getTable(),
                        server.getConstraint())
                .map(other -> "%s (table %s is not replicated here: add it, or drop the foreign key %s)"
                        .formatted(error.reason(), other, server.getConstraint()))
                .orElse(error.reason()));
    }

    /** The reason, or the rights that the role lacks on the table, each with its side and the GRANT, if that is the cause. */
    private String withGrants(TableName table, String reason, Exception error) throws SQLException {
        if (!SqlState.isInsufficientPrivilege(error)) {
            return reason;
        }
        var missing = new ArrayList<String>();
        TableName source = Transactions.call(subscriber, transaction -> tables.find(transaction, table)
                .map(SubscribedTable::source)
                .orElse(table));
        Transactions.call(provider, transaction -> MissingGrants.on(transaction, List.of(source), "SELECT"))
                .forEach(right -> missing.add("on the provider, " + right));
        Transactions.call(
                        subscriber,
                        transaction -> MissingGrants.on(
                                transaction, List.of(table), "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"))
                .forEach(right -> missing.add("on the subscriber, " + right));
        return missing.isEmpty() ? reason : String.join("; ", missing);
    }
}
