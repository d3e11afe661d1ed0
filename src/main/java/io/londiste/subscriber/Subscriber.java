package io.londiste.subscriber;

import static io.londiste.table.SubscribedTables.OBSERVED;
import static io.londiste.table.SubscribedTables.PAUSED;

import io.londiste.change.TableName;
import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.copy.ForeignKeys;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.digest.LastComparison;
import io.londiste.digest.RecordedComparisons;
import io.londiste.error.LondisteException;
import io.londiste.schema.Installed;
import io.londiste.schema.Installer;
import io.londiste.schema.Uninstaller;
import io.londiste.sequence.SubscriberSequences;
import io.londiste.table.Mapping;
import io.londiste.table.NeededRows;
import io.londiste.table.ReplayLock;
import io.londiste.table.Selection;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableLife;
import io.londiste.table.TableShapes;
import io.londiste.table.TableState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands on the subscriber. Each logs what it changes. A command that fails throws a {@link LondisteException}; the
 * message says so if nothing was changed.
 */
public final class Subscriber {
    /** The {@linkplain #obstacles obstacle} of a table that can be created. */
    public static final String MISSING_TABLE = "no such table on the subscriber";

    private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

    private static final String TABLES = """
            select t.table_name, t.merge_state, c.rows, c.bytes, c.total_rows, c.step, t.skip_truncate,
              londiste.subscriber_is_guarded(t.queue_name, t.table_name), t.reason, %s
            from londiste.subscriber_table t left join londiste.copy_progress c using (queue_name, table_name)
            where t.queue_name = ? order by t.nr
            """.formatted(Mapping.COLUMNS);

    private final DatabasePair sides;
    private final Database subscriber;
    private final SubscribedTables subscribed;
    private final String queue;

    public Subscriber(Settings settings, DataSource provider, DataSource subscriber) {
        sides = DatabasePair.of(settings, provider, subscriber);
        this.subscriber = sides.subscriber();
        subscribed = sides.subscribed();
        queue = settings.queueName();
    }

    /** Runs {@code action} with its own connections to both databases, which are closed afterwards. */
    public static void connected(Settings settings, Consumer<Subscriber> action) {
        Databases.connected(
                settings, (provider, subscriber) -> action.accept(new Subscriber(settings, provider, subscriber)));
    }

    /** Installs schema londiste, and drops capture triggers that came with a dump of a provider. Changes nothing if repeated. */
    public void install() {
        subscriber.connect();
        var dropped = subscriber.call(source -> new Installer(source).installLondisteSubscriber());
        LOG.info("Installed londiste in {}", subscriber);
        if (!dropped.isEmpty()) {
            LOG.info(
                    "Dropped the capture triggers that came with a dump of a provider: {}", String.join(", ", dropped));
        }
    }

    /**
     * Removes schema londiste. The tables stay.
     *
     * @param force also if tables are subscribed, or foreign keys and triggers are saved, which are lost
     */
    public void uninstall(boolean force) {
        new Uninstaller(subscriber, sides.settings().lockTimeout()).subscriber(force);
    }

    /**
     * Registers tables, or all that are registered on the provider, for the replay to copy and to keep in sync. Tables that
     * are not registered on the provider are logged and skipped, unless all are: that is an error. The structure of the others is compared with the
     * provider's first: if one is missing or has a difference that would stop it, nothing is changed, unless
     * {@link AddOptions#force} is set. Missing tables are created if {@link AddOptions#creation} says so: all of them and what
     * belongs to them, or nothing.
     *
     * @return the tables of the selection that are subscribed now
     */
    public List<TableName> add(Selection selection, AddOptions options) {
        return new TableAddition(sides, options).add(selection);
    }

    /** The provider's tables that are subscribed. */
    public Set<TableName> sources() {
        sides.requireInstalled();
        return sides.sources();
    }

    /**
     * Why {@link #add} without options would refuse some of these tables of the provider, whether they are registered there or
     * not; tables that it would add are left out.
     */
    public Map<TableName, String> obstacles(List<TableName> tables) {
        sides.requireInstalled();
        return new TableAddition(sides, AddOptions.NONE).obstacles(tables);
    }

    /**
     * Unregisters tables. Their rows stay; saved triggers are restored, and saved foreign keys whose tables are in sync or not
     * replicated.
     */
    public void remove(Selection selection) {
        var tables = selected(selection);
        for (var table : tables) {
            sides.locked(connection -> {
                subscribed.remove(connection, table);
                return null;
            });
            LOG.info("Removed {}", table);
        }
        subscriber.call(source -> {
            var foreignKeys = new ForeignKeys(
                    queue, source, new TableShapes(), sides.settings().lockTimeout());
            foreignKeys.restoreUntil(() -> false);
            return null;
        });
        subscriber
                .read(connection -> NeededRows.of(connection, "subscriber", queue, tables))
                .forEach(LOG::warn);
    }

    /**
     * Has the replay copy tables again that are ok or stopped. A table in another state is being copied or catches up
     * already: it is refused if it is named, and skipped if all are selected.
     *
     * @return all selected tables: those that will be copied again and those that are skipped
     */
    public List<TableName> resync(Selection selection) {
        var selected = selected(selection);
        var tables = new ArrayList<TableName>();
        sides.locked(connection -> {
            for (var table : subscribed.list(connection)) {
                if (selected.contains(table.name())) {
                    if (isAtRest(table)) {
                        Jdbc.execute(
                                connection,
                                "select londiste.subscriber_resync_table(?, ?)",
                                queue,
                                table.name().toString());
                        tables.add(table.name());
                    } else if (selection.all()) {
                        LOG.info("{} is {} and continues", table.name(), table.state());
                    } else {
                        throw new LondisteException(subscriber + ": table " + table.name() + " is " + table.state()
                                + " and continues to ok already; nothing was changed (resync is for tables that are ok"
                                + " or stopped)");
                    }
                }
            }
            return null;
        });
        tables.forEach(table -> LOG.info("{} will be copied again", table));
        return selected;
    }

    /**
     * Has the replay try stopped tables again at once, from where they are. It tries them by itself, too, after a while. A table
     * that is not stopped is refused if it is named, and skipped otherwise.
     *
     * @return the tables that are tried again
     */
    public List<TableName> retry(Selection selection) {
        var selected = selected(selection);
        var life = new TableLife(queue);
        var tables = new ArrayList<TableName>();
        subscriber.transaction(sides.settings().lockTimeout(), connection -> {
            for (var table : subscribed.list(connection)) {
                if (!selected.contains(table.name())) {
                    continue;
                }
                if (table.reason() != null && life.retry(connection, table)) {
                    tables.add(table.name());
                } else if (selection.isNamed(table.name())) {
                    throw new LondisteException(subscriber + ": table " + table.name() + " is " + table.state()
                            + " and not stopped; nothing was changed");
                }
            }
            Jdbc.execute(connection, "select pg_notify('londiste_table', ?)", queue);
            return null;
        });
        tables.forEach(table -> LOG.info("{} is tried again", table));
        if (tables.isEmpty()) {
            LOG.info("No table is stopped");
        }
        return tables;
    }

    private static boolean isAtRest(SubscribedTable table) {
        return table.state().equals(TableState.OK) || table.reason() != null;
    }

    /** The subscribed tables with their states, in the order in which they were added. */
    public List<TableStatus> tables() {
        Installed.requireLondiste(subscriber);
        return subscriber.rows(
                TABLES,
                row -> new TableStatus(
                        TableName.parse(row.getString(1)),
                        TableState.parse(row.getString(2)),
                        row.getObject(3, Long.class),
                        row.getObject(4, Long.class),
                        row.getObject(5, Long.class),
                        row.getString(6),
                        row.getBoolean(7),
                        row.getBoolean(8),
                        row.getString(9),
                        Mapping.read(row, 10).text()),
                queue);
    }

    /** What is registered on the provider and not on the subscriber, and what is registered but does not exist. */
    public List<Missing> missing() {
        sides.requireInstalled();
        return new MissingObjects(sides).list();
    }

    /**
     * Why nothing is applied: that no replay runs, and why it is stopped or paused, as it has recorded on the subscriber; empty
     * if neither is the case.
     */
    public List<String> replayProblems() {
        var problems = new ArrayList<String>();
        boolean runs = new Registration(sides).replayRuns();
        if (!runs) {
            problems.add(noReplay(sides.settings()));
        }
        subscriber
                .texts(
                        "select error from londiste.completed where consumer_id = ? and error is not null",
                        sides.settings().consumerId())
                .stream()
                // such a record is outdated when the process that made it has ended
                .filter(error -> runs || !error.equals(PAUSED) && !error.startsWith(OBSERVED))
                .map(error -> "The replay cannot continue: " + error)
                .forEach(problems::add);
        return problems;
    }

    /** That no replay runs, and how to start it. */
    static String noReplay(Settings settings) {
        return "No replay of " + settings.jobName() + " runs; start it with: londiste -d " + settings.file()
                + " replay";
    }

    /**
     * Records on the subscriber what the job's daemon observes, for {@link #replayProblems} in other processes.
     *
     * @param problem what keeps the replay from working; null: nothing
     */
    public void recordObserved(String problem) {
        subscriber.transaction(sides.settings().lockTimeout(), connection -> {
            subscribed.setObserved(connection, sides.settings().consumerId(), problem);
            return null;
        });
    }

    /** What is wrong and what to do, if the job's consumer was registered once and no longer is; otherwise empty. */
    public Optional<String> registrationLoss() {
        return new Registration(sides).loss();
    }

    /** The session that holds the job's lock: its name, host and process; empty if no replay runs. */
    public Optional<String> replayHolder() {
        return subscriber.texts(ReplayLock.HOLDER, sides.settings().consumerId()).stream()
                .findFirst();
    }

    /** The position of the replay, and what is to be restored. */
    public ReplayProgress progress() {
        return ReplayProgress.of(subscriber, queue, sides.settings().consumerId());
    }

    /**
     * Everything known that makes subscribed tables differ from the provider's, or may do so later: stopped tables, changes
     * that may not have been captured, differences of the structure, and missing privileges of the subscriber's role. Logs
     * how many tables there are.
     */
    public List<Difference> check() {
        var differences = differences();
        LOG.info("Compared {} tables", sides.known().size());
        return differences;
    }

    /** The same as {@link #check} reports, without a line in the log. */
    public List<Difference> differences() {
        sides.requireInstalled();
        var mappings = sides.mappings();
        var tables = List.copyOf(mappings.keySet());
        var registered = new HashSet<>(sides.registered());
        var structure = new Structure(sides, mappings);
        var differences = new ArrayList<Difference>();
        tables.stream()
                .filter(table -> !registered.contains(mappings.get(table).source(table)))
                .map(table -> new Difference(table, Difference.Severity.ERROR, "not registered on the provider"))
                .forEach(differences::add);
        differences.addAll(stopped());
        differences.addAll(missedChanges(mappings));
        differences.addAll(structure.differences());
        differences.addAll(structure.unlogged());
        differences.addAll(structure.partitions());
        differences.addAll(MissingPrivileges.of(sides, tables));
        differences.addAll(WriteEffects.of(sides, mappings, true));
        differences.addAll(structure.foreignKeyActions());
        differences.addAll(structure.foreignKeys(tables));
        differences.addAll(structure.foreignKeysToFiltered());
        differences.addAll(ApplyFunction.missing(sides.subscriber(), mappings));
        differences.addAll(new OperationEffects(sides, mappings).differences());
        return differences;
    }

    private List<Difference> stopped() {
        return tables().stream()
                .filter(table -> table.reason() != null)
                .map(table -> new Difference(table.name(), Difference.Severity.ERROR, "stopped: " + table.reason()))
                .toList();
    }

    /** What is wrong with the capture of these tables on the provider. */
    private List<Difference> missedChanges(Map<TableName, Mapping> tables) {
        var sources = new HashMap<TableName, TableName>();
        tables.forEach((table, mapping) -> sources.put(mapping.source(table), table));
        return sides
                .provider()
                .rows(
                        "select table_name, severity, problem from londiste.capture_problems(?)",
                        row -> new Difference(
                                TableName.parse(row.getString(1)),
                                Difference.Severity.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
                                row.getString(3)),
                        queue)
                .stream()
                .filter(difference -> sources.containsKey(difference.name()))
                .map(difference ->
                        new Difference(sources.get(difference.name()), difference.severity(), difference.problem()))
                .toList();
    }

    /** The last comparisons of the subscribed tables that have been compared, by any process. */
    public Map<TableName, LastComparison> comparisons() {
        return new RecordedComparisons(subscriber, queue).list();
    }

    /** The foreign keys from and to subscribed tables, the pending ones first. */
    public List<ForeignKey> foreignKeys() {
        Installed.requireLondiste(subscriber);
        return subscriber.rows(
                "select status, from_table, to_table, fkey_name, fkey_def, reason from londiste.subscriber_get_fkey_list(?)",
                row -> new ForeignKey(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6)),
                queue);
    }

    /** The triggers of users on subscribed tables, the pending ones first. */
    public List<Trigger> triggers() {
        Installed.requireLondiste(subscriber);
        return subscriber.rows(
                "select status, table_name, trigger_name, trigger_def from londiste.subscriber_get_trigger_list(?)",
                row -> new Trigger(row.getString(1), row.getString(2), row.getString(3), row.getString(4)),
                queue);
    }

    /**
     * Creates the saved triggers of a table again. From then on they also fire for rows that the replay writes;
     * {@link #saveTriggers} ends that.
     *
     * @param names the triggers to restore; empty: all of the table
     */
    public void restoreTriggers(String table, List<String> names) {
        Installed.requireLondiste(subscriber);
        new PendingTriggers(sides, Selection.name(table)).restore(names);
    }

    /**
     * Saves and drops the triggers of a subscribed table, as {@link #add} does, so that they do not fire for rows that the
     * replay writes.
     */
    public void saveTriggers(String table) {
        Installed.requireLondiste(subscriber);
        var name = Selection.name(table);
        sides.requireKnown(List.of(name), sides.known());
        new PendingTriggers(sides, name).save();
    }

    /** The commands on the subscriber's sequences. */
    public SubscriberSequences sequences() {
        return new SubscriberSequences(sides.settings(), sides.provider(), subscriber);
    }

    /** The commands on the provider's scripts. */
    public SubscriberScripts scripts() {
        return new SubscriberScripts(sides);
    }

    /** Registers the replay's consumer on the queue; a registered one keeps its position. */
    public void register() {
        new Registration(sides).register();
    }

    /**
     * Adopts the provider's queues after dump and restore moved them to another database cluster; all tables of the job are
     * copied again afterwards. Changes nothing if the queues belong to their cluster.
     */
    public void adoptProvider() {
        new Registration(sides).adopt();
    }

    /** Unregisters the replay's consumer and those of its copies; all tables have to be copied again afterwards. */
    public void unregister() {
        new Registration(sides).unregister();
    }

    /**
     * Returns when all these tables are ok.
     *
     * @throws LondisteException if one of them is no longer subscribed, no replay runs for longer than the job's lock
     *     timeout, or the subscriber cannot be queried
     */
    public void await(List<TableName> tables, TableWait.Watcher watcher) {
        new TableWait(this, sides, tables, watcher).await();
    }

    /** The selected tables; fails if one of them is not subscribed. */
    private List<TableName> selected(Selection selection) {
        sides.requireInstalled();
        var known = sides.known();
        var tables = selection.resolve(() -> known);
        sides.requireKnown(tables, known);
        return tables;
    }
}
