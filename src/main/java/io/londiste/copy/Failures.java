package io.londiste.copy;

import io.londiste.db.SqlState;
import io.londiste.db.Transactions;
import io.londiste.error.Causes;
import io.londiste.error.RecentErrors;
import io.londiste.error.RepeatFilter;
import io.londiste.pgq.Batch;
import io.londiste.pgq.PgqClient;
import io.londiste.replay.Replay;
import io.londiste.replay.ReplayStatus;
import io.londiste.replay.TableException;
import io.londiste.table.OvertakenException;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableName;
import io.londiste.table.TableShapes;
import io.londiste.table.TableState;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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
 * What becomes of tables whose changes cannot be applied or copied: each stops alone, with the reason in its state.
 *
 * <p>A table that stops in the replay gets a consumer of its own at the tick before the batch, and goes the way of a
 * copied table from there: it is caught up again once the reason is gone.
 */
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private final String queue;
    private final String jobConsumer;
    private final PgqClient pgq;
    private final DataSource subscriber;
    private final SubscribedTables tables;
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
            DataSource subscriber,
            SubscribedTables tables,
            TableShapes shapes,
            Copies copies,
            ReplayStatus status,
            RecentErrors errors) {
        this.queue = queue;
        this.jobConsumer = jobConsumer;
        this.pgq = pgq;
        this.subscriber = subscriber;
        this.tables = tables;
        this.shapes = shapes;
        this.copies = copies;
        this.status = status;
        this.errors = errors;
    }

    /**
     * A table of the replay could not be applied. The first time in a batch only the knowledge of the tables is renewed;
     * the second time the table is set aside. The batch comes again either way.
     */
    public void replay(Exchange exchange) throws SQLException {
        // a split wraps what happens to one of its events
        TableException error = ObjectHelper.getException(
                TableException.class, exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
        Replay.close(exchange);
        shapes.forget();
        Batch batch = exchange.getProperty(Replay.BATCH, Batch.class);
        TableName table = error.table();
        Long before = failedBatches.put(table, batch.id());
        if (before == null || before != batch.id()) {
            LOG.warn("{}; trying {} once more", error.getMessage(), batch);
            return;
        }
        failedBatches.remove(table);
        String reason = reason(error);
        TableCopy copy = new TableCopy(table, jobConsumer);
        long tick = batch.previousTick().id();
        Transactions.run(subscriber, transaction -> {
            tables.lock(transaction);
            boolean owned = tables.find(transaction, table)
                    .filter(subscribed -> subscribed.state().equals(TableState.OK))
                    .isPresent();
            if (owned) {
                pgq.registerConsumerAt(
                        queue, copy.consumer(), tick); // a clean-up, which locks too, must see both or none
                tables.setState(transaction, table, TableState.CATCHING_UP, reason);
                tables.setPosition(transaction, copy.consumer(), tick);
            }
        });
        failed(copy, reason, false);
    }

    private void failed(TableCopy copy, String reason, boolean passing) throws SQLException {
        errors.addOfTable(copy.table().toString(), reason);
        copies.failed(copy, reason, passing);
    }

    /** The batch could not be brought to the subscriber, for a reason that is no table's. It comes again. */
    public void other(Exchange exchange) {
        Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Replay.close(exchange);
        Batch batch = exchange.getProperty(Replay.BATCH, Batch.class);
        String message = Causes.root(error);
        LOG.debug("the batch failed", error);
        status.failed(message);
        errors.add(batch == null ? "batch" : batch.queue(), message);
        if (repeats.isNews(jobConsumer, batch + message)) {
            LOG.error("{}: {}; it comes again", batch == null ? "batch" : batch, message);
            tellOperator(message);
        }
    }

    private void tellOperator(String message) {
        try {
            Transactions.run(subscriber, transaction -> tables.setError(transaction, jobConsumer, message));
        } catch (SQLException e) {
            LOG.debug("the subscriber cannot be told either", e);
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
            failed(copy, table == null ? Causes.root(error) : reason(table), SqlState.isPassing(error));
        }
    }

    /** What the table says, and where a foreign key is broken because one of its tables is not replicated, that. */
    private String reason(TableException error) throws SQLException {
        PSQLException cause = ObjectHelper.getException(PSQLException.class, error);
        ServerErrorMessage said = cause == null ? null : cause.getServerErrorMessage();
        if (said == null || said.getConstraint() == null) {
            return error.reason();
        }
        return Transactions.call(subscriber, transaction -> {
            try (PreparedStatement statement = transaction.prepareStatement("select londiste.loose_ends(?, ?, ?, ?)")) {
                statement.setString(1, queue);
                statement.setString(2, said.getSchema());
                statement.setString(3, said.getTable());
                statement.setString(4, said.getConstraint());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getString(1) == null
                            ? error.reason()
                            : "%s (table %s is not replicated here: add it, or drop the foreign key %s)"
                                    .formatted(error.reason(), row.getString(1), said.getConstraint());
                }
            }
        });
    }
}
