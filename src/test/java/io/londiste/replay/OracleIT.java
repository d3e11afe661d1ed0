package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quicktheories.QuickTheory.qt;

import io.londiste.change.Change;
import io.londiste.change.ChangeDecoder;
import io.londiste.change.TableName;
import io.londiste.db.Dsn;
import io.londiste.db.Jdbc;
import io.londiste.db.Pools;
import io.londiste.db.Transactions;
import io.londiste.pgq.Batch;
import io.londiste.pgq.Event;
import io.londiste.pgq.PgqClient;
import io.londiste.schema.Installer;
import io.londiste.table.Mapping;
import io.londiste.table.Operations;
import io.londiste.table.Selection;
import io.londiste.table.SubscribedTables.Target;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import io.londiste.table.TableShapes;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.dbcp2.BasicDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random histories are captured on a real provider and applied as sets, piece by piece and in order: after each batch
 * every subscriber has the provider's rows. A history that fails is made smaller, and the seed is printed.
 *
 * <p>{@code -Doracle.histories=10000} tries so many; {@code -Doracle.seed=SEED} begins where a failure was.
 */
@ExtendWith(PostgresPair.class)
class OracleIT {
    private static final int HISTORIES = Integer.getInteger("oracle.histories", 60);
    private static final Long SEED = Long.getLong("oracle.seed");

    /** How many changes are applied as one set at most. */
    private static final Map<String, Integer> WAYS =
            Map.of("as sets", Integer.MAX_VALUE, "piece by piece", 3, "in order", 0);

    /** Some rows and columns, and expressions in place of columns; of tables without foreign keys, whose rows are filtered. */
    private static final Map<String, Mapping> SOME = Map.of(
            "acc",
            some(null, null, List.of("id", "a", "u"), Map.of("a", "coalesce(a, 0) + id"), List.of("a", "id")),
            "swap",
            some(null, "v <> 'x'", List.of(), Map.of(), List.of("v")),
            "part",
            some(null, "(k + length(v)) % 2 = 1", List.of(), Map.of("v", "upper(v)"), List.of("k", "v")),
            "odd",
            some(
                    null,
                    "n is null or n <> 0.10 and j is not null",
                    List.of(),
                    Map.of("j", "jsonb_build_object('was', j)", "a'b", "\"a'b\" || 9"),
                    List.of("n", "j", "a'b")),
            "spelt",
            some(null, "v is not null and n > -1", List.of("n"), Map.of(), List.of("v", "n")));

    /** Tables without unique values other than their keys, with which rows that stay would collide; conditions on some. */
    private static final Map<String, String> OF_SOME_OPERATIONS =
            Map.of("swap", "true", "part", "(k + length(v)) % 2 = 1", "odd", "true", "spelt", "v <> 'x'");

    private static Mapping some(
            TableName from, String where, List<String> columns, Map<String, String> set, List<String> needs) {
        return new Mapping(from, where, columns, set, needs, Operations.ALL, null, null, null, null);
    }

    /** After so many histories, tables are truncated and made again: until then, dead rows and dropped columns add up. */
    private static final int FRESH_EVERY = 50;

    private static final String TRUNCATE = "truncate " + String.join(", ", Histories.NAMES);
    /** Children before their parents. */
    private static final String DELETE = Histories.NAMES.stream()
            .sorted(Comparator.comparing("line"::equals).reversed())
            .map(table -> "delete from " + table)
            .collect(Collectors.joining("; "));

    private final Map<String, Connection> subscribers = new LinkedHashMap<>();
    private final Map<Connection, TableShapes> shapes = new HashMap<>();
    private final List<Db> databases = new ArrayList<>();
    private final KnownStatements statements = new KnownStatements();
    private Connection provider;
    private BasicDataSource pool;
    private PgqClient pgq;
    private ReplicatedRows replicated;
    private Map<String, Mapping> mappings = Map.of();
    private boolean changed;
    private int histories;

    @BeforeEach
    void install(@Provider Db provider, @Subscriber Db subscriber) throws SQLException {
        new Installer(provider.dataSource()).installPgq();
        new Installer(provider.dataSource()).installLondisteProvider();
        this.provider = provider.connect();
        pool = Pools.open(Dsn.parse(provider.libpq()), "oracle", Duration.ofDays(1));
        pgq = new PgqClient(pool, 100);
        replicated = new ReplicatedRows(pool);
        pgq.createQueue("q");
        pgq.registerConsumer("q", "oracle");
        run(this.provider, Histories.TABLES);
        for (String table : Histories.NAMES) {
            if (!table.equals("changing")) {
                run(this.provider, "select londiste.provider_add_table('q', '" + table + "')");
            }
        }
        for (String way : WAYS.keySet()) {
            Db db = PostgresPair.database(subscriber.major());
            databases.add(db);
            new Installer(db.dataSource()).installLondisteSubscriber();
            Connection connection = db.connect();
            subscribers.put(way, connection);
            shapes.put(connection, new TableShapes());
            run(connection, Histories.TABLES);
            for (String table : Histories.NAMES) {
                run(
                        connection,
                        "insert into londiste.subscriber_table (queue_name, table_name, merge_state) values ('q', 'public."
                                + table + "', 'ok')");
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        provider.close();
        pool.close();
        for (Connection subscriber : subscribers.values()) {
            subscriber.close();
        }
        for (Db db : databases) {
            db.close();
        }
    }

    @Test
    void everyWayToApplyAHistoryGivesTheProvidersRows() {
        check(Map.of());
    }

    @Test
    void everyWayToApplyAHistoryGivesTheRowsThatAreReplicated() {
        check(SOME);
    }

    /** With every set of operations for each of the tables. */
    @Test
    void everyWayToApplyAHistoryGivesTheSameRowsOfSomeOperations() {
        var sets = OperationsIT.SETS;
        for (int i = 0; i < sets.size(); i++) {
            var declared = new HashMap<String, Mapping>();
            for (var table : OF_SOME_OPERATIONS.entrySet()) {
                var operations = Operations.of(Selection.split(sets.get((i + declared.size()) % sets.size())));
                var where = table.getValue().equals("true") ? null : table.getValue();
                var needs = where == null ? List.<String>of() : where.contains("k") ? List.of("k", "v") : List.of("v");
                declared.put(
                        table.getKey(),
                        new Mapping(null, where, List.of(), Map.of(), needs, operations, null, null, null, null));
            }
            check(declared, HISTORIES / sets.size() + 1);
        }
    }

    private void check(Map<String, Mapping> declared) {
        check(declared, HISTORIES);
    }

    private void check(Map<String, Mapping> declared, int examples) {
        mappings = declared;
        var theory = qt().withExamples(examples).withShrinkCycles(300);
        (SEED == null ? theory : theory.withFixedSeed(SEED))
                .forAll(Histories.all())
                .checkAssert(this::isReplicated);
    }

    private void isReplicated(List<String> history) {
        try {
            forget();
            boolean open = false;
            for (String element : history) {
                switch (element) {
                    case Histories.BEGIN -> open = true;
                    case Histories.COMMIT -> open = !end();
                    case Histories.TICK -> {
                        if (!open) {
                            replay(history);
                        }
                    }
                    default -> {
                        boolean ddl = element.startsWith(Histories.DDL);
                        if (ddl) {
                            end();
                            open = false;
                            replay(history);
                        }
                        execute(element);
                        if (!open) {
                            end();
                        }
                        if (ddl) {
                            changed = true;
                            for (Connection subscriber : subscribers.values()) {
                                run(subscriber, element);
                                shapes.get(subscriber).forget();
                            }
                        }
                    }
                }
            }
            end();
            replay(history);
        } catch (SQLException e) {
            throw new AssertionError(String.join(";\n", history), e);
        }
    }

    /** Empties all tables without a capture. */
    private void forget() throws SQLException {
        boolean first = histories++ % FRESH_EVERY == 0;
        String empty = first ? TRUNCATE : DELETE;
        provider.setAutoCommit(false);
        provider.rollback();
        if (first) {
            run(
                    provider,
                    "drop table if exists changing; delete from londiste.provider_table where table_name = 'public.changing';"
                            + Histories.CHANGING + "select londiste.provider_add_table('q', 'changing')");
        } else if (changed) {
            run(provider, Histories.UNCHANGE + "select londiste.refresh_capture('q', 'public.changing')");
        }
        run(provider, "set local session_replication_role = local; " + empty);
        provider.commit();
        for (Connection subscriber : subscribers.values()) {
            run(
                    subscriber,
                    (first ? "drop table if exists changing;" + Histories.CHANGING : changed ? Histories.UNCHANGE : "")
                            + empty);
        }
        if (first || changed) {
            shapes.values().forEach(TableShapes::forget);
        }
        changed = false;
        pgq.registerConsumerAt("q", "oracle", pgq.tickNow("q"));
    }

    /** A statement that fails changes nothing. */
    private void execute(String statement) throws SQLException {
        var before = provider.setSavepoint();
        try {
            run(provider, statement);
        } catch (SQLException e) {
            provider.rollback(before);
        }
        provider.releaseSavepoint(before);
    }

    /** Ends the transaction; a deferred constraint may undo all of it. */
    private boolean end() throws SQLException {
        try {
            provider.commit();
        } catch (SQLException e) {
            provider.rollback();
        }
        return true;
    }

    private void replay(List<String> history) throws SQLException {
        pgq.tickNow("q");
        try (Batch batch = pgq.nextBatch("q", "oracle").orElseThrow()) {
            List<Event> events = new ArrayList<>();
            batch.forEach(events::add);
            for (var subscriber : subscribers.entrySet()) {
                apply(subscriber.getValue(), WAYS.get(subscriber.getKey()), events);
            }
            pgq.finishBatch(batch.id());
        }
        String wanted = rows(provider, true);
        for (var subscriber : subscribers.entrySet()) {
            assertThat(rows(subscriber.getValue(), false))
                    .as("%s, after%n%s", subscriber.getKey(), String.join(";\n", history))
                    .isEqualTo(wanted);
        }
        for (String table : Histories.NAMES) {
            if (!mapping(table).operations().isAll()) {
                assertDiffersOnlyAsDeclared(table, history);
            }
        }
    }

    private void assertDiffersOnlyAsDeclared(String table, List<String> history) throws SQLException {
        var there = OperationsIT.byKey(rowsByKey(provider, table, true));
        List<String> first = null;
        for (var subscriber : subscribers.entrySet()) {
            var rows = rowsByKey(subscriber.getValue(), table, false);
            first = first == null ? rows : first;
            var what = "%s, %s, %s, after%n%s"
                    .formatted(subscriber.getKey(), table, mapping(table).text(), String.join(";\n", history));
            assertThat(rows).as(what).isEqualTo(first);
            OperationsIT.assertDiffersOnlyAsDeclared(
                    what, mapping(table).operations(), new HashMap<>(there), OperationsIT.byKey(rows));
        }
    }

    private List<String> rowsByKey(Connection connection, String table, boolean provided) throws SQLException {
        TableShape shape = new TableShapes().shape(connection, new TableName("public", table));
        return Jdbc.list(
                connection,
                "select replace(row(%s)::text, '|', '/') || '|' || row(%s)::text from %s order by 1"
                        .formatted(
                                shape.key().stream().map(TableName::quote).collect(Collectors.joining(", ")),
                                shape.columns().stream().map(Column::quoted).collect(Collectors.joining(", ")),
                                provided ? mapping(table).rows(shape) : table),
                row -> row.getString(1));
    }

    private void apply(Connection subscriber, int largestSet, List<Event> events) throws SQLException {
        subscriber.setAutoCommit(false);
        run(subscriber, TableWriter.BEGIN);
        try (var applier =
                new Applier(subscriber, "q", shapes.get(subscriber), Runnable::run, statements, largestSet)) {
            List<Change> changes = new ChangeDecoder().decode(events);
            ReplicatedPage page =
                    replicated.of(changes, table -> Optional.of(new Target(table, mapping(table.name()))));
            for (Change change : changes) {
                for (Change each : page.of(change)) {
                    applier.add(each);
                }
            }
            applier.flush();
            subscriber.commit();
        } catch (SQLException | RuntimeException e) {
            Transactions.rollback(subscriber, e);
            throw e;
        } finally {
            subscriber.setAutoCommit(true);
        }
    }

    private Mapping mapping(String table) {
        return mappings.getOrDefault(table, Mapping.NONE);
    }

    /** All rows; those of the provider as they are replicated. */
    private String rows(Connection connection, boolean provided) throws SQLException {
        var rows = new ArrayList<String>();
        for (String table : Histories.NAMES) {
            if (!mapping(table).operations().isAll()) {
                continue;
            }
            TableShape shape = new TableShapes().shape(connection, new TableName("public", table));
            String columns = shape.columns().stream()
                    .map(Column::name)
                    .filter(mapping(table)::has)
                    .map(TableName::quote)
                    .collect(Collectors.joining(", "));
            String from = provided ? mapping(table).rows(shape) : table;
            rows.addAll(Jdbc.list(
                    connection,
                    "select '" + table + "' || row(" + columns + ")::text from " + from + " order by 1",
                    row -> row.getString(1)));
        }
        return String.join("\n", rows);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
