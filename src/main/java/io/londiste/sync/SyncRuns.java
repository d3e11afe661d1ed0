package io.londiste.sync;

import io.londiste.change.TableName;
import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.error.LondisteException;
import io.londiste.schema.Installed;
import io.londiste.table.Selection;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the runs of a job's comparisons and repairs, and ends those that are open. Safe for use by several threads.
 */
public final class SyncRuns {
    /** The number of rows of tables, estimated at a hundred bytes a row for tables that were never analyzed. */
    private static final String ROWS = """
            select n.nr, (select coalesce(sum(case when c.reltuples > 0 then c.reltuples else pg_relation_size(c.oid) / 100 end), 0)::bigint
                from pg_catalog.pg_class c
                where c.relkind <> 'p' and c.oid in %s)
            from unnest(?) with ordinality as n (name, nr)
            """.formatted(TableTree.members("to_regclass(n.name)"));

    private static final Logger LOG = LoggerFactory.getLogger(SyncRuns.class);

    private final Settings settings;
    private final Database provider;
    private final Database subscriber;
    private final SubscribedTables subscribed;
    private final SyncPoints points;
    private final Function<SyncOptions, ResultListener> results;
    private final WorkListener work;
    private final Set<SyncRun> open = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /**
     * @param results for each run that begins, with its options, what receives its results
     * @param work is informed how far they are
     */
    public SyncRuns(
            Settings settings,
            DataSource provider,
            DataSource subscriber,
            Function<SyncOptions, ResultListener> results,
            WorkListener work) {
        this.settings = settings;
        this.provider = Databases.provider(settings, provider);
        this.subscriber = Databases.subscriber(settings, subscriber);
        this.subscribed = new SubscribedTables(settings.queueName());
        this.points = new SyncPoints(settings, this.provider, this.subscriber);
        this.results = results;
        this.work = work;
    }

    public SyncPoints points() {
        return points;
    }

    /**
     * Takes a sync point for some tables.
     *
     * @throws LondisteException if a table is not subscribed, or provider and subscriber cannot be seen at one tick
     */
    public SyncRun begin(Selection selection, SyncOptions options) {
        Installed.requireLondiste(provider);
        Installed.requireQueue(provider, settings.queueName());
        Installed.requireLondiste(subscriber);
        var tables = tables(selection);
        var point = points.take(options.lock() ? List.copyOf(sources(tables).values()) : List.of(), options.force());
        try {
            if (!point.isExact()) {
                LOG.warn(
                        "The replay is not at tick {}: changes that are not yet applied count as different",
                        point.tick());
            }
            var run = new SyncRun(point, atPoint(point, tables, options), results.apply(options), open::remove);
            open.add(run);
            if (ended) {
                run.close();
            }
            run.requireOpen();
            return run;
        } catch (RuntimeException e) {
            point.close();
            throw e;
        }
    }

    private List<SyncedTable> atPoint(SyncPoint point, List<TableName> tables, SyncOptions options) {
        var entries = point.onSubscriber(subscribed::list).stream()
                .collect(Collectors.toMap(SubscribedTable::name, Function.identity()));
        var rows = work == WorkListener.NONE ? Map.<TableName, Long>of() : rows(tables);
        work.begin(rows.values().stream().mapToLong(Long::longValue).sum());
        return tables.stream()
                .map(table -> new SyncedTable(
                        point,
                        table,
                        entries.get(table),
                        options.condition(),
                        new TableProgress(work, rows.getOrDefault(table, 0L))))
                .toList();
    }

    private Map<TableName, Long> rows(List<TableName> tables) {
        var rows = new HashMap<TableName, Long>();
        var names = sources(tables).values().stream().map(TableName::quoted).toArray(String[]::new);
        provider.rows(ROWS, row -> rows.put(tables.get(row.getInt(1) - 1), row.getLong(2)), (Object) names);
        return rows;
    }

    /** The provider's tables of these, in their order. */
    private Map<TableName, TableName> sources(List<TableName> tables) {
        var known = subscriber.read(subscribed::list).stream()
                .collect(Collectors.toMap(SubscribedTable::name, SubscribedTable::source));
        var sources = new LinkedHashMap<TableName, TableName>();
        tables.forEach(table -> sources.put(table, known.getOrDefault(table, table)));
        return sources;
    }

    /** The selected tables; all of them must be subscribed. */
    private List<TableName> tables(Selection selection) {
        var entries = subscriber.read(subscribed::list);
        var all = entries.stream().map(SubscribedTable::name).toList();
        if (selection.all()) {
            return entries.stream()
                    .filter(SyncRuns::isComparable)
                    .map(SubscribedTable::name)
                    .toList();
        }
        var tables = selection.resolve(() -> all);
        var others = tables.stream().filter(name -> !all.contains(name)).toList();
        if (!others.isEmpty()) {
            throw new LondisteException(subscriber + ": not subscribed in queue " + settings.queueName() + ": "
                    + others.stream().map(TableName::toString).collect(Collectors.joining(", ")));
        }
        return tables;
    }

    /** Whether there are rows to compare. Tables that are named are reported as not comparable. */
    private static boolean isComparable(SubscribedTable table) {
        if (table.mapping().function() != null) {
            LOG.info("{} is left out: {}", table.name(), SyncedTable.handed(table.mapping()));
        }
        return table.mapping().function() == null;
    }

    /** Ends all runs, and refuses to begin others. */
    public void end() {
        ended = true;
        points.end();
        open.forEach(SyncRun::close);
    }
}
