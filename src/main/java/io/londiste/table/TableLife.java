package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.table.TableState.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;

/**
 * Every way in which the state of a table of one queue changes on the subscriber, in the caller's transaction.
 *
 * <pre>{@code
 * NEW → in-copy → catching-up ⇄ wanna-sync:T ⇄ do-sync:T → ok
 *  ↑                  ↑                                    │
 *  └── restart        └──────────── leaveReplay ───────────┘
 * }</pre>
 *
 * <p>A transition takes place only if the table still is in the state in which it was read, or which the transition
 * demands; otherwise another session was faster, and nothing changes. Each method returns whether it took place. A
 * table that is stopped keeps its state and has a reason; a transition that makes progress clears the reason.
 *
 * <p>Safe for use by several threads.
 */
public final class TableLife {
    private static final Set<Phase> NOT_COPIED = EnumSet.of(Phase.NEW, Phase.IN_COPY);
    private static final Set<Phase> ON_THE_WAY = EnumSet.complementOf(EnumSet.of(Phase.OK));

    /** What the last comparison has found, before a copy, says nothing any more. */
    private static final String FORGET_COMPARISON =
            "update londiste.subscriber_table set last_comparison = null where queue_name = ? and table_name = ? and last_comparison is not null";

    private final String queue;

    public TableLife(String queue) {
        this.queue = queue;
    }

    /** A copy begins, or begins again after it was interrupted. */
    public boolean startCopy(Connection transaction, SubscribedTable table) throws SQLException {
        return move(transaction, table, NOT_COPIED, TableState.IN_COPY, null);
    }

    /** The rows are there as of a tick; later batches are to be applied to the table alone. */
    public boolean copied(Connection transaction, TableName table) throws SQLException {
        boolean copied = set(transaction, table, TableState.IN_COPY, TableState.CATCHING_UP, null);
        if (copied) {
            Jdbc.execute(transaction, FORGET_COMPARISON, queue, table.toString());
        }
        return copied;
    }

    /** The catch-up is close to the replay, or past it, and waits at the tick for the replay. */
    public boolean wantsSync(Connection transaction, SubscribedTable table, long tick) throws SQLException {
        return move(transaction, table, EnumSet.of(Phase.CATCHING_UP, Phase.DO_SYNC), TableState.wannaSync(tick), null);
    }

    /** The replay waits at the tick for the table. */
    public boolean meetsAt(Connection transaction, SubscribedTable table, long tick) throws SQLException {
        return move(
                transaction,
                table,
                EnumSet.of(Phase.WANNA_SYNC, Phase.DO_SYNC),
                TableState.doSync(tick),
                table.reason());
    }

    /** The replay that waited for the table has been moved back to an earlier tick since. */
    public boolean waitsAgain(Connection transaction, SubscribedTable table) throws SQLException {
        return move(
                transaction,
                table,
                EnumSet.of(Phase.DO_SYNC),
                TableState.wannaSync(table.state().tick()),
                table.reason());
    }

    /** The catch-up failed while the replay waited for it; the replay continues without the table. */
    public boolean fallsBehind(Connection transaction, SubscribedTable table) throws SQLException {
        return move(transaction, table, EnumSet.of(Phase.DO_SYNC), TableState.CATCHING_UP, table.reason());
    }

    /** The table has come to the tick where the replay waits, which owns it from here on. */
    public boolean inSync(Connection transaction, TableName table, long tick) throws SQLException {
        return set(transaction, table, TableState.doSync(tick), TableState.OK, null);
    }

    /** The table was added by an operator who vouches for its rows: it is not copied. */
    public boolean assumeInSync(Connection transaction, TableName table) throws SQLException {
        return set(transaction, table, TableState.NEW, TableState.OK, null);
    }

    /**
     * The replay cannot apply a batch to the table, which is stopped at the tick before and has to catch up from there.
     */
    public boolean leaveReplay(Connection transaction, TableName table, String reason) throws SQLException {
        return set(transaction, table, TableState.OK, TableState.CATCHING_UP, reason);
    }

    /** Copy or catch-up cannot continue for now. */
    public boolean stop(Connection transaction, SubscribedTable table, String reason) throws SQLException {
        return move(transaction, table, ON_THE_WAY, table.state(), reason);
    }

    /** A stopped table is to be tried again at once. */
    public boolean retry(Connection transaction, SubscribedTable table) throws SQLException {
        return move(transaction, table, ON_THE_WAY, table.state(), null);
    }

    /** The table is to be copied again, whatever its state is. */
    public boolean restart(Connection transaction, SubscribedTable table) throws SQLException {
        return move(transaction, table, EnumSet.allOf(Phase.class), TableState.NEW, null);
    }

    private boolean move(Connection transaction, SubscribedTable table, Set<Phase> from, TableState to, String reason)
            throws SQLException {
        return from.contains(table.state().phase()) && set(transaction, table.name(), table.state(), to, reason);
    }

    private boolean set(Connection transaction, TableName table, TableState from, TableState to, String reason)
            throws SQLException {
        return Jdbc.only(
                transaction,
                "select londiste.set_state(?, ?, ?, ?, ?)",
                row -> row.getBoolean(1),
                queue,
                table.toString(),
                from.mergeState(),
                to.mergeState(),
                reason);
    }
}
