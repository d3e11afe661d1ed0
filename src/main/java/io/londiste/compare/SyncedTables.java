package io.londiste.compare;

import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.error.LondisteException;
import io.londiste.schema.Installed;
import io.londiste.table.Selection;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableName;
import io.londiste.table.TableState.Phase;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Works on tables that are in sync, some at a time, all of them as of one moment. */
final class SyncedTables {
    /** About how many rows tables have, those of a hundred bytes if nobody has counted them yet. */
    private static final String ROWS = """
            select n.nr, (select coalesce(sum(case when c.reltuples > 0 then c.reltuples else pg_relation_size(c.oid) / 100 end), 0)::bigint
                from pg_catalog.pg_class c
                where c.relkind <> 'p' and c.oid in %s)
            from unnest(?) with ordinality as n (name, nr)
            """.formatted(Tree.members("to_regclass(n.name)"));

    private static final Logger LOG = LoggerFactory.getLogger(SyncedTables.class);

    private final Settings settings;
    private final Database provider;
    private final Database subscriber;
    private final SubscribedTables subscribed;
    private final SyncPoints points;
    private final Progress progress;
    /** What ends the work that is being done. */
    private final Set<Runnable> working = ConcurrentHashMap.newKeySet();

    SyncedTables(Settings settings, DataSource provider, DataSource subscriber, Progress progress) {
        this.settings = settings;
        this.provider = Databases.provider(settings, provider);
        this.subscriber = Databases.subscriber(settings, subscriber);
        this.subscribed = new SubscribedTables(settings.queueName());
        this.progress = progress;
        this.points = new SyncPoints(settings, this.provider, this.subscriber);
    }

    SyncPoints points() {
        return points;
    }

    Families families() {
        return subscriber.read(Families::of);
    }

    /**
     * Does the work for each table.
     *
     * @param unknown makes the result of a table for which it cannot be done, with the reason
     */
    <T> Results<T> each(
            Selection selection,
            SyncOptions options,
            Function<TableComparison, T> work,
            BiFunction<TableName, String, T> unknown) {
        Installed.requireLondiste(provider);
        Installed.requireQueue(provider, settings.queueName());
        Installed.requireLondiste(subscriber);
        var tables = tables(selection);
        var point = points.reach(options.lock() ? tables : List.of(), options.force());
        var workers = new Workers(options.jobs());
        var end = new Runnable() {
            @Override
            public void run() {
                if (working.remove(this)) {
                    workers.close();
                    point.close();
                }
            }
        };
        working.add(end);
        try {
            if (!point.isExact()) {
                LOG.warn("The replay is not at tick {}: what is still to come counts as different", point.tick());
            }
            var hash = Hash.both(point);
            var states = point.onSubscriber(subscribed::list).stream()
                    .collect(Collectors.toMap(SubscribedTable::name, Function.identity()));
            var rows = progress == Progress.NONE ? Map.<TableName, Long>of() : rows(tables);
            progress.begin(rows.values().stream().mapToLong(Long::longValue).sum());
            var running = new LinkedHashMap<TableName, CompletableFuture<T>>();
            for (var table : tables) {
                var looking = new TableProgress(progress, rows.getOrDefault(table, 0L));
                var comparison = new TableComparison(point, workers, hash, table, options.condition(), looking);
                running.put(
                        table,
                        CompletableFuture.supplyAsync(
                                () -> {
                                    var result = one(comparison, states, work, unknown);
                                    looking.end();
                                    return result;
                                },
                                workers.tables()));
            }
            return new Results<>(running, end);
        } catch (RuntimeException e) {
            end.run();
            throw e;
        }
    }

    private Map<TableName, Long> rows(List<TableName> tables) {
        var rows = new HashMap<TableName, Long>();
        var names = tables.stream().map(TableName::quoted).toArray(String[]::new);
        provider.rows(ROWS, row -> rows.put(tables.get(row.getInt(1) - 1), row.getLong(2)), (Object) names);
        return rows;
    }

    /** Ends all that works, for good. */
    void end() {
        points.end();
        working.forEach(Runnable::run);
    }

    /** The tables that are meant; all of them must be subscribed. */
    private List<TableName> tables(Selection selection) {
        var all = subscriber.read(subscribed::list).stream()
                .map(SubscribedTable::name)
                .toList();
        var tables = selection.resolve(() -> all);
        var others = tables.stream().filter(name -> !all.contains(name)).toList();
        if (!others.isEmpty()) {
            throw new LondisteException(subscriber + ": not subscribed in queue " + settings.queueName() + ": "
                    + others.stream().map(TableName::toString).collect(Collectors.joining(", ")));
        }
        return tables;
    }

    /** What goes wrong with one table is its result. */
    private static <T> T one(
            TableComparison comparison,
            Map<TableName, SubscribedTable> states,
            Function<TableComparison, T> work,
            BiFunction<TableName, String, T> unknown) {
        var table = states.get(comparison.table());
        if (table == null || table.state().phase() != Phase.OK) {
            var state = table == null ? "not subscribed" : table.state().toString();
            return unknown.apply(comparison.table(), "not in sync: " + state);
        }
        try {
            return work.apply(comparison);
        } catch (LondisteException e) {
            LOG.debug("{}", comparison.table(), e);
            return unknown.apply(comparison.table(), e.getMessage());
        }
    }
}
