package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import io.londiste.pgq.Batch;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.Tick;
import io.londiste.script.Script;
import io.londiste.table.Mapping;
import io.londiste.table.OvertakenException;
import io.londiste.table.RegisteredTables;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.SubscribedTables.Applied;
import io.londiste.table.SubscribedTables.Beginning;
import io.londiste.table.SubscribedTables.Target;
import io.londiste.table.TableLife;
import io.londiste.table.TableShapes;
import io.londiste.table.TableState.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transaction that applies one batch to the subscriber: rows, table states and the consumer's position together.
 *
 * <p>A batch that is delivered again after its transaction was committed is not {@linkplain #isFresh() fresh} and has
 * no rows to apply. Closing without a commit rolls everything back. Used by one thread.
 */
public final class BatchTransaction implements AutoCloseable {
    /**
     * The states in which a table's batches are applied to it alone. A table on its last batch returns to wanna-sync if
     * the replay is at an earlier tick again after a crash.
     */
    private static final Set<Phase> CATCHING_UP = EnumSet.of(Phase.CATCHING_UP, Phase.WANNA_SYNC, Phase.DO_SYNC);

    private static final Logger LOG = LoggerFactory.getLogger(BatchTransaction.class);

    /** The number of characters of a problem that are shown; it may quote a whole row. */
    private static final int LONGEST_PROBLEM = 300;

    private final Connection connection;
    private final SubscribedTables tables;
    private final TableLife life;
    private final RegisteredTables registered;
    private final PgqClient pgq;
    private final Batch batch;
    /** The subscriber's only table whose changes are applied, in a catch-up; null in the replay. */
    private final TableName only;

    private final long started = System.nanoTime();
    /**
     * What the provider's tables are replicated as that the batch is applied to, and empty for others, of those checked so
     * far.
     */
    private final Map<TableName, Optional<Target>> owned = new HashMap<>();

    private final ReplicatedRows rows;
    /** Keeps what is applied for the routes that read it; null: none does. */
    private final KeptChanges kept;

    private final Applier applier;
    private final Scripts scripts;
    private final boolean fresh;
    private final boolean meeting;
    private final boolean sequences;
    /** Where the batch has to end instead of at its tick; null: it may be applied as it is. */
    private Long lastTick;

    private long events;
    private long ignored;
    private boolean committed;

    /**
     * Begins the transaction.
     *
     * @param pgq the provider's queue
     * @param only see the field
     * @param known tables that are known to have changes in the batch; others may have some as well
     * @param rows makes rows as they are replicated
     * @param kept see the field
     */
    BatchTransaction(
            Connection connection,
            SubscribedTables tables,
            TableLife life,
            RegisteredTables registered,
            PgqClient pgq,
            TableShapes shapes,
            Batch batch,
            TableName only,
            Set<TableName> known,
            KnownStatements statements,
            ReplicatedRows rows,
            KeptChanges kept,
            Executor executor)
            throws SQLException {
        this.rows = rows;
        this.kept = kept;
        this.connection = connection;
        this.tables = tables;
        this.life = life;
        this.registered = registered;
        this.pgq = pgq;
        this.batch = batch;
        this.only = only;
        this.scripts = new Scripts(connection, pgq, batch);
        connection.setAutoCommit(false);
        this.applier = new Applier(connection, batch.queue(), shapes, executor, statements);
        if (only == null) {
            Beginning beginning = tables.begin(connection, batch.consumer(), known, TableWriter.BEGIN);
            statements.roundTripTook(time());
            known.forEach(table ->
                    owned.put(table, Optional.ofNullable(beginning.owned().get(table))));
            this.meeting = beginning.meeting();
            this.sequences = beginning.sequences();
            this.fresh = isFresh(beginning.applied());
            if (fresh) {
                limit(beginning.barrier());
                requireNoHandover(beginning.handedOver());
            }
        } else {
            ownOne();
            Jdbc.execute(connection, TableWriter.BEGIN);
            this.meeting = false;
            this.sequences = false;
            this.fresh = isFresh(tables.applied(connection, batch.consumer()));
        }
    }

    /** The barrier is set before its tick becomes visible, and was read after the batch: it is never passed. */
    private void limit(Long barrier) {
        if (barrier != null && barrier < batch.tick().id()) {
            lastTick = lastTick == null ? barrier : Long.valueOf(Math.min(lastTick, barrier));
        }
    }

    /** Locks the table's row, so that the table belongs to the catch-up until the transaction ends. */
    private void ownOne() throws SQLException {
        SubscribedTable table = tables.find(connection, only).orElseThrow(() -> new OvertakenException(only, null));
        if (!CATCHING_UP.contains(table.state().phase())) {
            throw new OvertakenException(only, table.state());
        }
        owned.put(table.source(), Optional.of(new Target(only, table.mapping())));
        tables.dropForeignKeysSoon(connection, only);
    }

    private static void requireNoHandover(String table) {
        if (table != null) {
            throw new LondisteException("table " + table + " is being handed over");
        }
    }

    /**
     * What the provider's table is replicated as if the batch is applied to it, else empty. Checked at its first change: of thousands
     * of tables few have any.
     */
    private Optional<Target> target(TableName table) throws SQLException {
        Optional<Target> known = owned.get(table);
        if (known == null) {
            applier.await(); // from then on no other thread uses the connection
            known = only == null ? tables.ownedByReplay(connection, table) : Optional.empty();
            owned.put(table, known);
        }
        return known;
    }

    private boolean isFresh(Optional<Applied> applied) throws SQLException {
        if (applied.isEmpty()) {
            return true;
        }
        long position = applied.get().tick();
        for (Tick tick : List.of(batch.previousTick(), batch.tick())) {
            if (position == tick.id()) {
                requireSame(tick, applied.get().mark());
                return tick == batch.previousTick();
            }
        }
        if (isForgotten(applied.get())) {
            if (position < batch.tick().id()) {
                lastTick = position;
                return true; // it is opened again, and ends where the subscriber is
            }
            return false;
        }
        throw new LondisteException("lost position: the subscriber has applied queue " + batch.queue() + " as consumer "
                + batch.consumer() + " up to tick " + position + ", but " + batch + " does not begin at that tick."
                + (only == null
                        ? " If the subscriber was restored to an earlier state, stop the replay and run it with --rewind"
                                + " once; if that is refused, or the provider was restored, run it with --reset, and then"
                                + " 'subscriber resync --all'"
                        : " Copy the table again (subscriber resync " + only + ")"));
    }

    /**
     * Whether the provider has forgotten in a crash that later batches were finished, since it commits that
     * asynchronously: then it still has the tick at which the subscriber is.
     */
    private boolean isForgotten(Applied applied) throws SQLException {
        if (only != null
                || applied.mark() == null
                || applied.tick() < batch.previousTick().id()) {
            return false;
        }
        Optional<Tick> tick = pgq.tick(batch.queue(), applied.tick());
        tick.ifPresent(found -> requireSame(found, applied.mark()));
        return tick.isPresent();
    }

    /** After a fail-over, a different tick may have the number of the applied one, with different changes before it. */
    private void requireSame(Tick tick, String mark) {
        if (tick.contradicts(mark)) {
            throw new LondisteException("lost position: the subscriber has applied queue " + batch.queue()
                    + " as consumer " + batch.consumer() + " up to tick " + mark + ", but the provider's is tick "
                    + tick.mark()
                    + ": the provider was restored, or failed over to a standby that lacked the last ticks, so"
                    + " that the subscriber has changes that the provider has lost. "
                    + (only == null
                            ? "Stop the replay, run it with --reset once and start it again; then 'compare' shows what"
                                    + " differs, and 'repair --apply' or 'subscriber resync --all' makes it equal"
                            : "Copy the table again (subscriber resync " + only + ")"));
        }
    }

    /** Whether the batch has not been applied yet, and may be applied as it is. */
    public boolean isFresh() {
        return fresh && lastTick == null;
    }

    /** Whether the queue has sequences that are set with the batch. */
    public boolean isSequences() {
        return sequences;
    }

    /** Whether, when the transaction began, a table waited for the replay or the replay for a table. */
    public boolean isMeeting() {
        return meeting;
    }

    /** The tick at which the batch has to end instead; null if it need not. */
    Long lastTick() {
        return lastTick;
    }

    /** Adds changes. Dropped changes and those of tables that this batch is not applied to are counted as ignored. */
    void add(List<Change> changes) throws SQLException {
        if (lastTick != null) {
            return; // it is opened again to end earlier
        }
        events += changes.size();
        List<Change> left = new ArrayList<>();
        for (Change change : changes) {
            if (change.isLeftOut()) {
                ignored++;
            } else {
                left.add(change);
            }
        }
        ReplicatedPage page = rows.of(left, this::target);
        for (Change change : left) {
            if (lastTick == null) {
                add(change, page);
            }
        }
    }

    private void add(Change change, ReplicatedPage page) throws SQLException {
        switch (change.kind()) {
            case REMOVE_TABLE -> removeTable(change.table());
            case REMOVE_SEQUENCE -> removeSequence(change.table());
            case MISSED_CHANGES -> stopForMissedChanges(change);
            case UNREADABLE -> stopForUnreadable(change);
            case EXECUTE -> execute(change);
            case UNKNOWN -> ignored++;
            default -> {
                Optional<Target> target = target(change.table());
                List<Change> replicated = target.isPresent() ? page.of(change) : List.of();
                for (Change each : replicated) {
                    apply(each, target.get().mapping());
                    if (kept != null) {
                        kept.add(each);
                    }
                }
                ignored += replicated.isEmpty() ? 1 : 0;
            }
        }
    }

    private void apply(Change change, Mapping mapping) throws SQLException {
        if (mapping.function() != null) {
            applier.call(change, mapping.function());
            return;
        }
        if (mapping.partitioning() != null) {
            applier.partitioned(change, mapping.partitioning());
        }
        applier.add(change);
    }

    /**
     * A table that this batch is not applied to may have been removed and added again since: it stays if
     * the provider has it. Otherwise it is removed as well: it could not be copied, and a stopped catch-up would
     * never read this event.
     */
    private void removeTable(TableName table) throws SQLException {
        applier.flush();
        Optional<TableName> here = target(table).map(Target::table);
        if (here.isEmpty() && only == null) {
            here = tables.findSource(connection, table).map(SubscribedTable::name);
            here = here.isPresent() && registered.contains(table) ? Optional.empty() : here;
        }
        if (here.isPresent()) {
            tables.remove(connection, here.get());
            owned.put(table, Optional.empty());
        }
    }

    /** A sequence that was registered again since then stays. */
    private void removeSequence(TableName sequence) throws SQLException {
        if (only == null && !registered.containsSequence(sequence)) {
            applier.await(); // from then on no other thread uses the connection
            if (tables.removeSequence(connection, sequence)) {
                LOG.info("Removed sequence {}, which was removed on the provider", sequence);
            }
        }
    }

    /** Executes a script in its place, or has the batch end before it; see {@link Scripts}. */
    private void execute(Change change) throws SQLException {
        applier.await(); // from then on no other thread uses the connection
        Script script = Script.of(change.event());
        if (scripts.isDone(script)) {
            return;
        }
        if (!scripts.isNeeded(script)) {
            if (only == null) {
                scripts.record(script, "not needed");
            }
            return;
        }
        long place = scripts.place(change.event());
        if (only != null || place > batch.previousTick().id()) {
            lastTick = place;
            return;
        }
        scripts.requireTables(script);
        applier.flush();
        scripts.run(script);
        scripts.record(script, "executed");
        applier.structureChanged();
    }

    /** Stops the table: changes that were not captured make it differ until it is copied again. */
    private void stopForMissedChanges(Change change) throws SQLException {
        applier.flush();
        Optional<Target> target = target(change.table());
        if (target.isPresent()) {
            throw new TableException(
                    target.get().table(),
                    "changes on the provider may not have been captured: "
                            + change.event().data() + "; copy it again (londiste ... subscriber resync "
                            + target.get().table() + ")",
                    null);
        }
        ignored++;
    }

    /** Stops the table of a change that cannot be read; the others continue. */
    private void stopForUnreadable(Change change) throws SQLException {
        Optional<Target> target = target(change.table());
        if (target.isPresent()) {
            String problem = change.event().problem();
            throw new TableException(
                    target.get().table(),
                    "a change (event " + change.event().id() + ") cannot be read: "
                            + problem.substring(0, Math.min(problem.length(), LONGEST_PROBLEM))
                            + "; correct the row on the provider, then copy the table again (londiste ... subscriber resync "
                            + target.get().table() + ")",
                    null);
        }
        ignored++;
    }

    /**
     * Applies the collected changes and commits them with the position; a table that reached its last tick becomes ok.
     */
    void commit() throws SQLException {
        if (only == null) {
            applier.commit(
                    SubscribedTables.SET_POSITION,
                    batch.consumer(),
                    batch.tick().id(),
                    batch.tick().mark());
        } else {
            applier.flush();
            tables.setPosition(
                    connection,
                    batch.consumer(),
                    batch.tick().id(),
                    batch.tick().mark());
            if (owned.values().stream().anyMatch(Optional::isPresent)) {
                life.inSync(connection, only, batch.tick().id());
            }
            connection.commit();
        }
        committed = true;
    }

    /** Whether the transaction was committed. */
    boolean isDone() {
        return committed || !isFresh();
    }

    long events() {
        return events;
    }

    /** The changes that were applied, for the routes that read them; null: none does. */
    KeptChanges kept() {
        return kept;
    }

    /** The counts of each table. */
    Map<TableName, Counts> counts() {
        return applier.counts();
    }

    /** The tables with rows that were not as expected, and the number of these rows; empty if there are none. */
    String unexpected() {
        return counts().entrySet().stream()
                .filter(e -> e.getValue().unexpected() > 0)
                .map(e -> e.getKey() + " " + e.getValue().unexpected())
                .collect(Collectors.joining(", "));
    }

    /** The subscriber's triggers that may have changed the rows of the batch before they were written, by table. */
    Map<TableName, String> triggers() {
        return applier.triggers();
    }

    /** The line that is logged for each batch, in Londiste's format. */
    String summary() {
        // not by a format, which takes a fortieth of the whole time of a small batch
        long millis = time().toMillis();
        String thousandths = String.valueOf(1000 + millis % 1000).substring(1);
        return "{count: " + events + ", ignored: " + ignored + ", duration: " + millis / 1000 + "." + thousandths + "}";
    }

    /** How long it has taken so far. */
    Duration time() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    @Override
    public void close() throws SQLException {
        applier.close();
        try (connection) {
            if (!connection.isClosed()) {
                connection.rollback();
            }
        }
    }
}
