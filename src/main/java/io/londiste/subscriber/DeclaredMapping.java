package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.db.OneExpression;
import io.londiste.db.SqlState;
import io.londiste.db.Transactions;
import io.londiste.error.LondisteException;
import io.londiste.replay.ReplicatedRows;
import io.londiste.table.Mapping;
import io.londiste.table.Partitioning;
import io.londiste.table.Partitioning.Period;
import io.londiste.table.TableShape;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes what an operator declares for a table a {@link Mapping}, after the provider has checked it.
 *
 * <p>Conditions and expressions are given to PostgreSQL as generated columns of an empty temporary table like the
 * provider's. It accepts only what depends on nothing but the row: no functions that are not immutable, no subqueries. It
 * returns them with the schemas of functions and with the types of constants, so that they mean the same in every session: dates
 * and times without a time zone are those of UTC. Its transaction is rolled back.
 */
final class DeclaredMapping {
    private static final String NOT_IMMUTABLE = "42P17";

    /** The expression of a generated column, its type and the columns that it uses: recorded with the default or, before 15, the column. */
    private static final String GENERATED = """
            select pg_catalog.pg_get_expr(d.adbin, d.adrelid),
              array(select distinct s.attname::text from pg_catalog.pg_depend p
                      join pg_catalog.pg_attribute s on s.attrelid = a.attrelid and s.attnum = p.refobjsubid
                     where p.refclassid = 'pg_catalog.pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid <> a.attnum
                       and (p.classid = 'pg_catalog.pg_attrdef'::regclass and p.objid = d.oid
                            or p.classid = 'pg_catalog.pg_class'::regclass and p.objid = a.attrelid and p.objsubid = a.attnum))
            from pg_catalog.pg_attribute a join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = ?::regclass and a.attname = ?
            """;

    private static final String VIRTUAL =
            "select attname::text from pg_catalog.pg_attribute where attrelid = ?::regclass and attgenerated = 'v'";

    private static final String NOT_NULL =
            "select attnotnull from pg_catalog.pg_attribute where attrelid = ?::regclass and attname = ?";

    /** The types of columns by which tables are partitioned. */
    private static final Set<String> TIMES = Set.of("date", "timestamp with time zone", "timestamp without time zone");

    private final Connection transaction;
    private final TableName table;
    private final TableShape shape;
    private final Declaration declared;

    private DeclaredMapping(Connection transaction, TableName table, Declaration declared) throws SQLException {
        this.transaction = transaction;
        this.table = table;
        this.declared = declared;
        this.shape = new TableShapes().shape(transaction, table);
    }

    /**
     * @param function the subscriber's, which is known to be there; null: none
     * @throws LondisteException if it cannot be replicated as declared; nothing was changed then
     */
    static Mapping of(Database provider, TableName table, Declaration declared, String function) {
        if (declared.isNone()) {
            return Mapping.NONE;
        }
        return provider.read(connection -> {
            connection.setAutoCommit(false);
            try {
                var mapping = new DeclaredMapping(connection, table, declared).mapping(function);
                connection.rollback();
                return mapping;
            } catch (SQLException | RuntimeException e) {
                Transactions.rollback(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    private Mapping mapping(String function) throws SQLException {
        requireColumns();
        requireKey();
        var partitioning = partitioning();
        var needs = new LinkedHashSet<String>();
        var set = new LinkedHashMap<String, String>();
        String where = null;
        String shard = null;
        if (declared.where() != null
                || declared.shard() != null
                || !declared.set().isEmpty()) {
            makeTable();
        }
        if (declared.where() != null) {
            where = canonical("--where", declared.where(), "boolean", needs);
        }
        if (declared.shard() != null) {
            shard = canonical("--shard", declared.shard().condition(), "boolean", needs);
        }
        for (var entry : declared.set().entrySet()) {
            var type = shape.column(entry.getKey()).type();
            set.put(entry.getKey(), typed(canonical("--set " + entry.getKey(), entry.getValue(), type, needs), type));
        }
        if (needs.isEmpty() && (where != null || !set.isEmpty())) {
            needs.add(shape.columns().get(0).name()); // expressions without columns still are evaluated for rows
        }
        if (partitioning != null) {
            needs.add(partitioning.column());
        }
        requireInEvents(needs);
        var from = declared.destination() == null || declared.destination().equals(table) ? null : table;
        var mapping = new Mapping(
                from,
                where,
                declared.columns(),
                set,
                List.copyOf(needs),
                declared.operations(),
                declared.shard(),
                shard,
                function,
                partitioning);
        ReplicatedRows.check(transaction, table, mapping);
        return mapping;
    }

    private void requireColumns() {
        requireAll(declared.columns(), "--columns");
        requireAll(declared.set().keySet(), "--set");
        if (declared.shard() != null) {
            requireAll(declared.shard().columns(), "--shard");
        }
        var key = shape.key();
        if (!declared.columns().isEmpty() && !declared.columns().containsAll(key)) {
            throw failure("--columns has to contain the primary key (" + String.join(", ", key) + ")");
        }
        for (var column : declared.set().keySet()) {
            if (key.contains(column)) {
                throw failure("--set cannot replace column " + column + " of the primary key, by which rows are found");
            }
            if (!declared.columns().isEmpty() && !declared.columns().contains(column)) {
                throw failure("--set replaces column " + column + ", which is not among --columns");
            }
        }
    }

    /** Rows of which not all changes are replicated are written by what is there of their key. */
    private void requireKey() {
        if (!declared.operations().isAll() && shape.key().isEmpty()) {
            throw failure("--ops needs a primary key, by which rows are found");
        }
    }

    /** The declared partitions, with the retention as PostgreSQL writes it. */
    private Partitioning partitioning() throws SQLException {
        var partitioning = declared.partitioning();
        if (partitioning == null) {
            return null;
        }
        var column = partitioning.column();
        requireAll(List.of(column), "--partition-by");
        if (declared.function() != null) {
            throw failure(
                    "--apply-fn hands changes to a function, which may have partitions of its own: leave out --partition-by");
        }
        if (!declared.columns().isEmpty() && !declared.columns().contains(column)) {
            throw failure("--partition-by needs column " + column + ", which is not among --columns");
        }
        if (declared.set().containsKey(column)) {
            throw failure("--set cannot replace column " + column + ", which decides about the row's partition");
        }
        var type = shape.column(column).plainType();
        if (!TIMES.contains(type)) {
            throw failure("--partition-by needs a date, a timestamp with or without time zone, and column " + column
                    + " is " + type);
        }
        if (type.equals("date") && partitioning.period() == Period.HOUR) {
            throw failure("--partition-by: column " + column + " is a date, and has no hours");
        }
        if (!Jdbc.only(transaction, NOT_NULL, row -> row.getBoolean(1), table.quoted(), column)) {
            throw failure("--partition-by: column " + column
                    + " may be null on the provider, and there is no partition for null" + " (ALTER TABLE " + table
                    + " ALTER COLUMN " + TableName.quote(column) + " SET NOT NULL)");
        }
        return partitioning.retention() == null ? partitioning : partitioning.kept(interval(partitioning.retention()));
    }

    private String interval(String retention) throws SQLException {
        try {
            return Jdbc.first(
                            transaction,
                            "select ?::interval::text where ?::interval > '0'",
                            row -> row.getString(1),
                            retention,
                            retention)
                    .orElseThrow(() -> failure("--retention has to be more than nothing: " + retention));
        } catch (SQLException e) {
            throw failure("--retention: " + Database.serverMessage(e) + ": an interval is expected, as '90 days'");
        }
    }

    private void requireAll(Collection<String> columns, String option) {
        var unknown =
                columns.stream().filter(column -> shape.column(column) == null).toList();
        if (!unknown.isEmpty()) {
            throw failure(option + ": the provider's table has no column " + String.join(", ", unknown));
        }
    }

    private void requireInEvents(Set<String> needs) throws SQLException {
        var virtual = new ArrayList<>(Jdbc.list(transaction, VIRTUAL, row -> row.getString(1), table.quoted()));
        virtual.removeIf(
                column -> !needs.contains(column) && !declared.columns().contains(column));
        if (!virtual.isEmpty()) {
            throw failure("column " + String.join(", ", virtual)
                    + " is a virtual generated column, whose values are in no event: use the columns that it is generated from, and"
                    + " generate it on the subscriber as well");
        }
    }

    /** Its name is that of the table, by which expressions may qualify columns. */
    private void makeTable() throws SQLException {
        Jdbc.execute(
                transaction,
                "set local timezone = 'UTC'; set local datestyle = 'ISO'; set local intervalstyle = 'postgres'");
        try {
            Jdbc.execute(
                    transaction,
                    "create temporary table " + TableName.quote(table.name()) + " (like " + table.quoted()
                            + ") on commit drop");
        } catch (SQLException e) {
            if (SqlState.isInsufficientPrivilege(e)) {
                throw failure("to check --where, --shard and --set, the provider needs a temporary table: "
                        + Database.serverMessage(e) + " (GRANT TEMPORARY ON DATABASE, and SELECT on the table)");
            }
            throw e;
        }
    }

    /** The expression as PostgreSQL writes it; what it uses is added to {@code needs}. */
    private String canonical(String option, String sql, String type, Set<String> needs) throws SQLException {
        var copy = "pg_temp." + TableName.quote(table.name());
        boolean condition = !option.startsWith("--set");
        var column = "londiste " + option;
        try {
            OneExpression.require(
                    transaction,
                    condition ? "select from " + copy + " where " : "select ",
                    sql,
                    condition ? " limit 0" : " from " + copy + " limit 0",
                    table + ": " + option + " is not exactly one expression");
            Jdbc.execute(
                    transaction,
                    "alter table " + copy + " add column " + TableName.quote(column) + " " + type
                            + " generated always as (" + sql + "\n) stored");
        } catch (SQLException e) {
            throw failure(option + ": " + Database.serverMessage(e)
                    + (NOT_IMMUTABLE.equals(e.getSQLState())
                            ? " (only functions and casts that are immutable may be used, whose result depends on nothing but their"
                                    + " arguments: not on the time, the time zone or other rows)"
                            : ""));
        }
        Jdbc.execute(transaction, "set local search_path = pg_catalog");
        var canonical = Jdbc.only(
                transaction,
                GENERATED,
                row -> {
                    needs.addAll(List.of((String[]) row.getArray(2).getArray()));
                    return row.getString(1);
                },
                copy,
                column);
        Jdbc.execute(transaction, "set local search_path to default");
        return canonical;
    }

    /** The expression with a cast to the column's type, if it needs one. As any cast it cuts texts that are too long. */
    private String typed(String sql, String type) throws SQLException {
        var own = Jdbc.only(
                transaction,
                "select pg_catalog.format_type(pg_catalog.pg_typeof((select " + sql + " from pg_temp."
                        + TableName.quote(table.name()) + "))::oid, null)",
                row -> row.getString(1));
        return own.equals(type) ? sql : "(" + sql + ")::" + type;
    }

    private LondisteException failure(String problem) {
        return new LondisteException(table + ": " + problem + "; nothing was changed");
    }
}
