package io.londiste.replay;

import static io.londiste.db.Timeouts.BATCH_LOCK;

import io.londiste.change.Row;
import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.Causes;
import io.londiste.replay.NetChanges.Move;
import io.londiste.table.Partitions;
import io.londiste.table.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Runs statements that write rows; their errors name the table. */
final class TableWriter {
    private static final String SETTLE = "set constraints all immediate; set constraints all deferred; ";

    /**
     * Prepares a transaction: defers deferrable constraints until {@link #check}, since a batch may violate them
     * temporarily, and limits the time that statements wait for locks.
     */
    static final String BEGIN = "set constraints all deferred; set local lock_timeout = " + BATCH_LOCK.toMillis();

    /** A condition of a query's result that fails, by a division by zero, unless the number in it is the parameter. */
    private static final String EXPECT = "1 / (%s = ?::bigint)::integer = 0";

    /** Done after the rows are written, when the locks that writing takes keep rules and triggers from being created. */
    private static final String CHECK = SETTLE + "select * from londiste.check_written(?, ?, ?::bigint[])";

    private final Connection transaction;

    TableWriter(Connection transaction) {
        this.transaction = transaction;
    }

    /**
     * Checks the deferred constraints, that nothing else than the replay's statements has decided about the rows of these tables,
     * and that they were not altered. A violation is attributed to the table that the server names. One round trip.
     *
     * @param tables the tables, with their {@linkplain TableShape#mark marks}, which may be null
     * @return the triggers that may have changed rows before they were written, by table; most often empty
     */
    Map<TableName, String> check(Map<TableName, Long> tables) throws SQLException {
        return tables.isEmpty() ? Map.of() : check(CHECK, checked(tables));
    }

    /**
     * Does the same as {@link #check}, then runs the last statement and commits the transaction, in the same round trip. The
     * driver sees in the server's answer that the transaction has ended.
     */
    void end(Ending ending) throws SQLException {
        ending.done(check(text(ending), parameters(ending)));
    }

    private static String text(Ending ending) {
        return CHECK + "; " + ending.last() + "; commit";
    }

    private static List<Object> parameters(Ending ending) {
        List<Object> all = checked(ending.written());
        all.addAll(ending.parameters());
        return all;
    }

    /** The parameters of {@link #CHECK}. */
    private static List<Object> checked(Map<TableName, Long> tables) {
        List<Object> checked = new ArrayList<>();
        checked.add(tables.keySet().stream().map(TableName::schema).toArray(String[]::new));
        checked.add(tables.keySet().stream().map(TableName::name).toArray(String[]::new));
        checked.add(tables.values().stream()
                .map(mark -> mark == null ? null : mark.toString())
                .toArray(String[]::new));
        return checked;
    }

    private Map<TableName, String> check(String statements, List<Object> parameters) throws SQLException {
        try {
            return run(statements, parameters);
        } catch (PSQLException e) {
            ServerErrorMessage said = e.getServerErrorMessage();
            if (said == null || said.getTable() == null) {
                throw e;
            }
            throw of(new TableName(said.getSchema(), said.getTable()), e);
        }
    }

    /** Runs statements with {@link #CHECK} among them in one round trip, and returns its result. */
    private Map<TableName, String> run(String statements, List<Object> parameters) throws SQLException {
        Map<TableName, String> triggers = new LinkedHashMap<>();
        Jdbc.listAmong(
                transaction,
                statements,
                row -> triggers.put(new TableName(row.getString(1), row.getString(2)), row.getString(3)),
                parameters.toArray());
        return triggers;
    }

    /**
     * A statement that writes rows, or counts them, which fails unless their number is the expected one. It returns no row.
     *
     * @param parameters rows as JSON
     */
    record Write(TableName table, String sql, List<String> parameters, int expected) {
        /** A statement of {@link TableSql} with one parameter that writes rows, all of which it is to find. */
        static Write of(TableName table, String sql, String rows, int expected) {
            return new Write(
                    table,
                    "with written as (" + sql + " returning 1) select 1 from written having "
                            + EXPECT.formatted("count(*)"),
                    List.of(rows),
                    expected);
        }

        /** The {@link TableSql#upsert}. */
        static Write upsert(TableName table, String sql, String rows, int expected) {
            return new Write(
                    table,
                    "with " + sql + " select 1 from " + UPSERTED + " having " + EXPECT.formatted("count(*)"),
                    List.of(rows, rows),
                    expected);
        }

        /** A statement of {@link TableSql} with one parameter that may find any number of its rows. */
        static Write any(TableName table, String sql, String rows) {
            return new Write(
                    table,
                    "with written as (" + sql + " returning 1) select 1 from (select ?::bigint) as ignored where false",
                    List.of(rows),
                    0);
        }

        /** The {@link TableSql#count}, which is to find none. */
        static Write none(TableName table, String sql, String rows) {
            return new Write(
                    table,
                    "select 1 from (" + sql + ") as left_over (number) where " + EXPECT.formatted("number"),
                    List.of(rows),
                    0);
        }
    }

    /** The rows that {@link TableSql#upsert} returns. */
    private static final String UPSERTED = "(select from updated union all select from inserted) as upserted";

    /**
     * Runs statements in one round trip, each of which must find as many rows as expected.
     *
     * @param statements their {@linkplain #together text}
     * @param ending is done in the same round trip; null if the transaction is to continue
     * @throws SQLException of whichever statement failed, unlike the other methods, or did not find the expected rows;
     *     those after it were not run
     */
    void writeTogether(String statements, List<Write> writes, Ending ending) throws SQLException {
        List<Object> parameters = new ArrayList<>();
        for (Write write : writes) {
            parameters.addAll(write.parameters());
            parameters.add(write.expected());
        }
        if (ending != null) {
            parameters.addAll(parameters(ending));
        }
        Map<TableName, String> triggers = run(statements, parameters);
        if (ending != null) {
            ending.done(triggers);
        }
    }

    /** The text that {@link #writeTogether} runs: a savepoint, the statements and the ending, if it is not null. */
    static String together(String savepoint, List<Write> writes, Ending ending) {
        return writes.stream()
                .map(Write::sql)
                .collect(Collectors.joining(
                        "; ", "savepoint " + savepoint + "; ", ending == null ? "" : "; " + text(ending)));
    }

    /** Runs a statement of {@link TableSql} with these rows and returns how many it found. */
    int write(TableName table, String sql, Collection<Row> rows) throws SQLException {
        return write(table, sql, json(rows));
    }

    /** Runs {@link TableSql#move} with rows and their old keys and returns how many it found. */
    int move(TableName table, String sql, Collection<Move> moves) throws SQLException {
        return write(table, sql, moves(moves));
    }

    /** Rows with their old keys, as {@link TableSql#move} expects them. */
    static String moves(Collection<Move> moves) {
        return moves.stream()
                .map(move -> "{\"r\":" + move.image().toJson() + ",\"o\":"
                        + move.origin().toJson() + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** Runs {@link TableSql#upsert} with rows and returns how many it wrote. */
    int upsert(TableName table, String sql, Collection<Row> rows) throws SQLException {
        String json = json(rows);
        try {
            return Jdbc.only(
                    transaction,
                    "with " + sql + " select count(*) from " + UPSERTED,
                    count -> count.getInt(1),
                    json,
                    json);
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    /** Runs a counting statement with the rows. */
    int count(TableName table, String sql, Collection<Row> rows) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(sql)) {
            statement.setString(1, json(rows));
            try (ResultSet count = statement.executeQuery()) {
                count.next();
                return count.getInt(1);
            }
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    /** Runs {@link TableSql#call}, and ignores what the function returns. */
    void call(TableName table, String sql, String calls) throws SQLException {
        try {
            Jdbc.list(transaction, sql, row -> null, table.toString(), calls);
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    /** Makes the table's partitions for rows with these values. */
    void makePartitions(TableName table, String queue, Collection<String> values) throws SQLException {
        try {
            Partitions.make(transaction, queue, table, values);
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    /** Runs {@link TableSql#keyNumbers} with rows. */
    List<Long> keyNumbers(TableName table, String sql, Collection<Row> rows) throws SQLException {
        try {
            return Jdbc.list(transaction, sql, row -> row.getLong(1), json(rows));
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    private int write(TableName table, String sql, String set) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(sql)) {
            statement.setString(1, set);
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    /**
     * Saves and drops the foreign keys by which other replicated tables reference these. Returns whether there were
     * any.
     */
    boolean dropForeignKeysTo(Collection<TableName> tables) throws SQLException {
        int dropped = 0;
        execute(tables.iterator().next(), SETTLE);
        try (PreparedStatement statement =
                transaction.prepareStatement("select londiste.subscriber_drop_incoming_fkeys(?)")) {
            for (TableName table : tables) {
                statement.setString(1, table.toString());
                try (ResultSet count = statement.executeQuery()) {
                    count.next();
                    dropped += count.getInt(1);
                }
            }
        } catch (SQLException e) {
            if (SqlState.isLockTimeout(e)) {
                throw new TableException(tables.iterator().next(), Causes.root(e), e); // which names the holders
            }
            throw e;
        }
        return dropped > 0;
    }

    /**
     * Runs a statement that is not possible while checks of the table are deferred (TRUNCATE, ALTER TABLE): those of what
     * was written before are done first. Fails with a constraint violation if they cannot be done yet.
     */
    void alter(TableName table, String sql) throws SQLException {
        execute(table, SETTLE + sql);
    }

    void execute(TableName table, String sql) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw of(table, e);
        }
    }

    /**
     * Wraps an error of the data or structure, or a lock that another session holds, in a {@link TableException}; another
     * transient error is returned unchanged.
     */
    private static SQLException of(TableName table, SQLException error) {
        if (SqlState.isLockTimeout(error)) {
            throw new LockedException(table, error);
        }
        if (SqlState.isPassing(error)) {
            return error;
        }
        throw new TableException(table, Causes.root(error), error);
    }

    /** Rows as {@link TableSql} expects them. */
    static String json(Collection<Row> rows) {
        return rows.stream().map(Row::toJson).collect(Collectors.joining(",", "[", "]"));
    }
}
