package io.londiste.replay;

import static io.londiste.db.Timeouts.BATCH_LOCK;

import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.Causes;
import io.londiste.replay.NetChanges.Move;
import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
     * Checks the deferred constraints, and reads what else than the replay's statements has decided about the rows of
     * tables: rules that may replace a statement, and triggers that fire before rows. This is done after the rows are
     * written, when the locks that writing takes keep both from being created. One round trip for all.
     */
    private static final String CHECK = SETTLE + """
            select t.schema_name, t.table_name, c.relkind in ('r', 'p') as is_table,
              (select pg_catalog.string_agg(r.rulename, ', ' order by r.rulename) from pg_catalog.pg_rewrite r
                where c.relhasrules and r.ev_class = c.oid and r.is_instead and r.ev_enabled::text in ('A', s.origin)) as rules,
              (select pg_catalog.string_agg(g.tgname, ', ' order by g.tgname)
                 from pg_catalog.pg_trigger g join pg_catalog.pg_proc p on p.oid = g.tgfoid
                where c.relhastriggers and g.tgrelid = c.oid and not g.tgisinternal and g.tgtype & 3 = 3
                  and g.tgenabled::text in ('A', s.origin)
                  and p.pronamespace not in (select oid from pg_catalog.pg_namespace where nspname in ('londiste', 'pgq'))) as triggers
            from unnest(?::text[], ?::text[]) as t (schema_name, table_name)
              join pg_catalog.pg_namespace n on n.nspname = t.schema_name
              join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.table_name,
              (select case pg_catalog.current_setting('session_replication_role') when 'replica' then 'R' else 'O' end) as s (origin)
            where c.relkind not in ('r', 'p') or c.relhasrules or c.relhastriggers
            """;

    private final Connection transaction;

    TableWriter(Connection transaction) {
        this.transaction = transaction;
    }

    /**
     * Prepares the transaction: defers deferrable constraints until {@link #check}, since a batch may violate them
     * temporarily, and limits the time that statements wait for locks.
     */
    void begin() throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute("set constraints all deferred; set local lock_timeout = " + BATCH_LOCK.toMillis());
        }
    }

    /**
     * Checks the deferred constraints, and that nothing else than the replay's statements has decided about the rows of
     * these tables. A violation is attributed to the table that the server names.
     *
     * @return the triggers that may have changed rows before they were written, by table; most often empty
     */
    Map<TableName, String> check(Collection<TableName> tables) throws SQLException {
        Map<TableName, String> triggers = new LinkedHashMap<>();
        if (tables.isEmpty()) {
            return triggers;
        }
        try (PreparedStatement statement = transaction.prepareStatement(CHECK)) {
            Jdbc.bind(
                    transaction,
                    statement,
                    tables.stream().map(TableName::schema).toArray(String[]::new),
                    tables.stream().map(TableName::name).toArray(String[]::new));
            boolean isRows = statement.execute();
            while (!isRows) {
                isRows = statement.getMoreResults();
            }
            try (ResultSet row = statement.getResultSet()) {
                while (row.next()) {
                    TableName table = new TableName(row.getString(1), row.getString(2));
                    requirePlain(table, row.getBoolean(3), row.getString(4));
                    if (row.getString(5) != null) {
                        triggers.put(table, row.getString(5));
                    }
                }
            }
            return triggers;
        } catch (PSQLException e) {
            ServerErrorMessage said = e.getServerErrorMessage();
            if (said == null || said.getTable() == null) {
                throw e;
            }
            throw of(new TableName(said.getSchema(), said.getTable()), e);
        }
    }

    private static void requirePlain(TableName table, boolean isTable, String rules) {
        if (!isTable) {
            throw new TableException(table, "it is a view or a foreign table on the subscriber now, not a table", null);
        }
        if (rules != null) {
            throw new TableException(
                    table,
                    "a rule may replace what the replay writes (" + rules + "): drop it, or disable it (alter table "
                            + table + " disable rule ...)",
                    null);
        }
    }

    /** Runs a statement of {@link TableSql} with these rows and returns how many it found. */
    int write(TableName table, String sql, Collection<Row> rows) throws SQLException {
        return write(table, sql, json(rows));
    }

    /** Runs {@link TableSql#move} with rows and their old keys and returns how many it found. */
    int move(TableName table, String sql, Collection<Move> moves) throws SQLException {
        return write(
                table,
                sql,
                moves.stream()
                        .map(move -> "{\"r\":" + move.image().toJson() + ",\"o\":"
                                + move.origin().toJson() + "}")
                        .collect(Collectors.joining(",", "[", "]")));
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

    private static String json(Collection<Row> rows) {
        return rows.stream().map(Row::toJson).collect(Collectors.joining(",", "[", "]"));
    }
}
