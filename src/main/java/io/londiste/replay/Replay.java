package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.ChangeDecoder;
import io.londiste.change.TableName;
import io.londiste.db.Transactions;
import io.londiste.error.LondisteException;
import io.londiste.hook.Commit;
import io.londiste.hook.Hook;
import io.londiste.hook.Hooks;
import io.londiste.pgq.Batch;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.PgqConstants;
import io.londiste.table.RegisteredTables;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableLife;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the route {@code apply}: a batch's transaction from its beginning to its commit. */
public final class Replay {
    /** The exchange property with the open {@link BatchTransaction}. */
    public static final String TRANSACTION = "LondisteTransaction";

    /** The exchange property that tells whether the batch is to be applied: {@link BatchTransaction#isFresh}. */
    public static final String FRESH = "LondisteFresh";

    /** The exchange property that tells whether the queue has sequences: {@link BatchTransaction#isSequences}. */
    public static final String SEQUENCES = "LondisteSequences";

    /** The exchange property with the {@link TableName} of a catch-up; not set in the replay. */
    public static final String TABLE = "LondisteTable";

    /** The exchange property with the {@link Batch} that is being applied. */
    public static final String BATCH = "LondisteBatch";

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final TableLife life;
    private final RegisteredTables registered;
    private final PgqClient pgq;
    private final ChangeDecoder decoder = new ChangeDecoder();
    private final KnownStatements statements = new KnownStatements();
    private final TableShapes shapes;
    private final ReplayStatus status;
    private final Hooks hooks;
    private final ReplicatedRows rows;
    /** The triggers that were logged. */
    private final Map<TableName, String> warned = new ConcurrentHashMap<>();
    /** Its threads end by themselves when idle. */
    private final Executor executor = Executors.newCachedThreadPool(Replay::thread);

    public Replay(
            DataSource provider,
            DataSource subscriber,
            SubscribedTables tables,
            TableLife life,
            RegisteredTables registered,
            PgqClient pgq,
            TableShapes shapes,
            ReplayStatus status,
            Hooks hooks) {
        this.hooks = hooks;
        this.rows = new ReplicatedRows(provider);
        this.subscriber = subscriber;
        this.tables = tables;
        this.life = life;
        this.registered = registered;
        this.pgq = pgq;
        this.shapes = shapes;
        this.status = status;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "apply");
        thread.setDaemon(true);
        return thread;
    }

    /** Opens the transaction for the batch in the body. */
    public void begin(Exchange exchange) throws SQLException {
        Batch batch = exchange.getMessage().getBody(Batch.class);
        TableName only = exchange.getProperty(TABLE, TableName.class);
        Connection connection = subscriber.getConnection();
        try {
            BatchTransaction transaction = new BatchTransaction(
                    connection,
                    tables,
                    life,
                    registered,
                    pgq,
                    shapes,
                    batch,
                    only,
                    decoder.tables(batch.firstEvents()),
                    statements,
                    rows,
                    hooks.isRead(Hook.CHANGES) ? new KeptChanges() : null,
                    executor);
            if (exchange.getProperty(BATCH) == null) {
                closeWith(exchange);
            }
            exchange.setProperty(BATCH, batch);
            exchange.setProperty(TRANSACTION, transaction);
            exchange.setProperty(FRESH, transaction.isFresh());
            exchange.setProperty(SEQUENCES, transaction.isSequences());
            if (transaction.lastTick() != null) {
                exchange.getMessage().setHeader(PgqConstants.LAST_TICK_ID, transaction.lastTick());
            }
            if (!transaction.isFresh()) {
                transaction.close(); // otherwise its locks would block the next batch of the same exchange
            }
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                Transactions.rollback(connection, e);
            }
            throw e;
        }
    }

    /** Adds the changes in the body to the transaction. */
    public void add(@ExchangeProperty(TRANSACTION) BatchTransaction transaction, List<Change> changes)
            throws SQLException {
        transaction.add(changes);
    }

    /**
     * Commits the rows and the position, and closes the transaction. If a script was found before which the batch has to end, nothing
     * is committed: the batch is to be opened again.
     */
    public void commit(Exchange exchange) throws SQLException {
        BatchTransaction transaction = exchange.getProperty(TRANSACTION, BatchTransaction.class);
        if (!transaction.isFresh()) {
            exchange.getMessage().setHeader(PgqConstants.LAST_TICK_ID, transaction.lastTick());
            close(exchange);
            return;
        }
        Batch batch = exchange.getMessage().getBody(Batch.class);
        transaction.commit();
        status.applied(transaction.counts());
        if (exchange.getProperty(TABLE) == null) {
            status.replayed(batch, transaction.events(), transaction.time());
        }
        if (!transaction.unexpected().isEmpty()) {
            LOG.warn(
                    "{}: rows were not as expected (an update or delete found none, or an insert found one) and were"
                            + " corrected: {}. Compare these tables",
                    batch,
                    transaction.unexpected());
        }
        transaction.triggers().forEach(this::warnOfTriggers);
        if (transaction.events() == 0) {
            LOG.debug("{} {}", batch.consumer(), transaction.summary());
        } else {
            LOG.info("{} {}", batch.consumer(), transaction.summary());
        }
        close(exchange);
        if (!transaction.counts().isEmpty()) {
            tellRoutes(batch, exchange.getProperty(TABLE) != null, transaction);
        }
    }

    private void tellRoutes(Batch batch, boolean catchUp, BatchTransaction transaction) {
        KeptChanges kept = transaction.kept();
        if (kept == null && !hooks.isRead(Hook.COMMITTED)) {
            return;
        }
        List<Commit.Table> changed = transaction.counts().entrySet().stream()
                .map(each -> each.getValue().of(each.getKey()))
                .toList();
        Commit commit = new Commit(batch.tick().id(), batch.tick().time().toInstant(), catchUp, changed);
        hooks.send(Hook.COMMITTED, commit);
        if (kept != null) {
            hooks.send(Hook.CHANGES, kept.of(commit));
        }
    }

    /** The operator may want them to fire ({@code subscriber restore-triggers}), so the table continues. */
    private void warnOfTriggers(TableName table, String triggers) {
        if (!triggers.equals(warned.put(table, triggers))) {
            LOG.warn(
                    "table {}: triggers of the subscriber fire before rows that the replay writes, and may change or skip"
                            + " them: {}. Disable or drop them unless that is intended",
                    table,
                    triggers);
        }
    }

    /** Ends the transaction with the exchange, whether it succeeded or failed. */
    private void closeWith(Exchange exchange) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                if (!done.isFailed()
                        && !done.getProperty(TRANSACTION, BatchTransaction.class)
                                .isDone()) {
                    // a changed route; finishing the batch would lose its rows
                    LondisteException error = new LondisteException("the route ended before its commit step");
                    done.setException(error);
                    tellOperator(done, error);
                }
                close(done);
            }
        });
    }

    private void tellOperator(Exchange exchange, LondisteException error) {
        Batch batch = exchange.getProperty(BATCH, Batch.class);
        if (exchange.getProperty(TABLE) == null) {
            status.failed(error.getMessage());
        }
        try {
            close(exchange); // the position's row is locked until then
            Transactions.run(
                    subscriber, transaction -> tables.setError(transaction, batch.consumer(), error.getMessage()));
        } catch (SQLException e) {
            LOG.debug("the error cannot be recorded on the subscriber", e);
        }
    }

    /** Ends the exchange's transaction; what is not committed is rolled back. Does nothing if there is none open. */
    public static void close(Exchange exchange) {
        BatchTransaction transaction = exchange.getProperty(TRANSACTION, BatchTransaction.class);
        if (transaction == null) {
            return;
        }
        try {
            transaction.close();
        } catch (SQLException e) {
            LOG.debug("while returning the subscriber's connection to the pool", e);
        }
    }
}
