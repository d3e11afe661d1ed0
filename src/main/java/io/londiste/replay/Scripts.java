package io.londiste.replay;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.db.Pools;
import io.londiste.db.SqlState;
import io.londiste.error.LondisteException;
import io.londiste.pgq.Batch;
import io.londiste.pgq.Event;
import io.londiste.pgq.PgqClient;
import io.londiste.script.RecordedScripts;
import io.londiste.script.Script;
import io.londiste.script.ScriptErrors;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scripts of the provider at their places in a batch of the replay, or of a catch-up.
 *
 * <p><b>Why each change meets the structure that it was made with.</b> On the provider, the event of a script is written when the
 * script holds its locks: of the tables that it alters, all earlier changes have smaller event numbers and are in the same or an
 * earlier batch, and all later ones have larger numbers. For a table that is {@code ok}, the replay applies what
 * comes before the script, then executes it, then applies the rest, in one transaction.
 *
 * <p>Other tables have positions of their own. Let A be the last tick without the script; later ticks include it.
 * <ul>
 *   <li>A batch that begins before A is closed, and opened again to end at A. So the script is executed when the replay is at A.
 *   <li>A table at A or before is awaited: the script would take the structure away that its changes need. Its catch-up stops
 *       before the script, too, which only the replay executes, and asks to be handed over. The replay meets it at A.
 *   <li>A table past A is not awaited: its copy was made after the script, and may need it.
 *   <li>A table that is {@code NEW}, or whose copy has failed, is not awaited: its copy will begin after this moment, and so after the
 *       script was executed on the provider. It cannot begin before the batch is committed, which shares the lock of the states.
 * </ul>
 * A table that is stopped at A or before holds up the replay: to pass it would mean to apply its changes to another structure, or
 * to copy it again without being asked. The error says what to do.
 */
final class Scripts {
    private static final Logger LOG = LoggerFactory.getLogger(Scripts.class);

    private static final String BEHIND = """
            select t.table_name, t.merge_state, t.reason, c.consumer_id
            from londiste.subscriber_table as t
              left join londiste.copy_consumer as c on c.queue_name = t.queue_name and c.table_name = t.table_name and c.job_id = ?
            where t.queue_name = ? and t.merge_state <> 'ok' and not (t.merge_state = 'in-copy' and t.reason is not null)
            order by t.nr
            """;

    private static final String NEEDED =
            "select count(*) from londiste.subscriber_table where queue_name = ? and coalesce(source_table, table_name) = any (?)";

    private final Connection transaction;
    private final PgqClient pgq;
    private final Batch batch;

    /** @param transaction that of the batch on the subscriber */
    Scripts(Connection transaction, PgqClient pgq, Batch batch) {
        this.transaction = transaction;
        this.pgq = pgq;
        this.batch = batch;
    }

    /** Whether there is nothing to do for the script: it was executed or skipped, or is for other subscribers. */
    boolean isDone(Script script) throws SQLException {
        String outcome = Jdbc.first(
                        transaction,
                        "select outcome from londiste.subscriber_script where queue_name = ? and script_name = ?",
                        row -> row.getString(1),
                        batch.queue(),
                        script.name())
                .orElse(null);
        if (outcome != null) {
            LOG.info("Script {} is not executed: it is recorded as {}", script.name(), outcome);
            return true;
        }
        return false;
    }

    /** Whether the script is for this subscriber. */
    boolean isNeeded(Script script) throws SQLException {
        return script.tables().isEmpty()
                || script.tables().stream().distinct().count()
                        == Jdbc.only(
                                transaction,
                                NEEDED,
                                row -> row.getLong(1),
                                batch.queue(),
                                script.tables().stream()
                                        .map(TableName::toString)
                                        .toArray(String[]::new));
    }

    /** The tick at which the replay is when it executes the script of the event. */
    long place(Event event) throws SQLException {
        return pgq.lastTickBefore(
                batch.queue(), event.txid(), batch.previousTick().id());
    }

    /** @throws LondisteException if a table has not come to the place of the script, which is the beginning of the batch */
    void requireTables(Script script) throws SQLException {
        List<Unsettled> behind = new ArrayList<>();
        for (Unsettled table : Jdbc.list(transaction, BEHIND, Scripts::unsettled, batch.consumer(), batch.queue())) {
            long position = table.consumer == null
                    ? 0
                    : pgq.position(batch.queue(), table.consumer).orElse(0L);
            if (position <= batch.previousTick().id()) {
                behind.add(table);
            }
        }
        if (behind.isEmpty()) {
            return;
        }
        String message = "script " + script.name() + " waits until these tables are ok: "
                + behind.stream().map(Unsettled::text).collect(Collectors.joining(", "))
                + "; all tables wait with it. For one that is stopped, remove the reason, or copy it again (subscriber resync)";
        if (behind.stream().allMatch(table -> table.reason != null)) {
            throw new LondisteException(message);
        }
        throw new TablesAwaitedException(message);
    }

    /** @param consumer what holds its place in the queue; null: nothing yet */
    private record Unsettled(String table, String state, String reason, String consumer) {
        String text() {
            return table + " is " + state + (reason == null ? "" : " and stopped: " + reason);
        }
    }

    private static Unsettled unsettled(ResultSet row) throws SQLException {
        return new Unsettled(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
    }

    void record(Script script, String outcome) throws SQLException {
        RecordedScripts.record(transaction, batch.queue(), script.name(), outcome);
        LOG.info("Script {}: {}", script.name(), outcome);
    }

    /**
     * Executes the script, all changes before it being applied. Settings that it has left in the session end.
     *
     * @throws LondisteException if it fails; the transaction must be rolled back
     */
    void run(Script script) throws SQLException {
        try {
            Jdbc.execute(transaction, "select londiste.run_script(?)", script.sql());
        } catch (SQLException e) {
            if (SqlState.isPassing(e) && !SqlState.isLockTimeout(e)) {
                throw e;
            }
            LondisteException failure =
                    new LondisteException("script " + script.name() + " cannot be executed on the subscriber: "
                            + ScriptErrors.describe(e, script.sql())
                            + "; correct what it needs there, and it is executed. Or do by hand what it is to do, and have it skipped:"
                            + " londiste ... subscriber skip-script " + script.name());
            failure.addSuppressed(e); // not as the cause, whose message is reported alone
            throw failure;
        }
        Jdbc.execute(transaction, Pools.RESTORE_REPLAY + "; " + TableWriter.BEGIN);
    }
}
