package io.londiste.subscriber;

import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Pools;
import io.londiste.error.LondisteException;
import io.londiste.schema.Installed;
import io.londiste.schema.Installer;
import io.londiste.sequence.SubscriberSequences;
import io.londiste.table.Selection;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableName;
import io.londiste.table.TableState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands on the subscriber. Each either does what it says or throws a {@link LondisteException} and changes
 * nothing; what it does, it logs.
 */
public final class Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

    private static final String TABLES = """
            select t.table_name, t.merge_state, c.rows, c.bytes, c.total_rows, c.step, t.skip_truncate,
              londiste.subscriber_is_guarded(t.queue_name, t.table_name), t.reason
            from londiste.subscriber_table t left join londiste.copy_progress c using (queue_name, table_name)
            where t.queue_name = ? order by t.nr
            """;

    private final BothSides sides;
    private final Database subscriber;
    private final SubscribedTables subscribed;
    private final String queue;

    public Subscriber(Settings settings, DataSource provider, DataSource subscriber) {
        this.subscriber = Databases.subscriber(settings, subscriber);
        queue = settings.queueName();
        subscribed = new SubscribedTables(queue);
        sides = new BothSides(settings, Databases.provider(settings, provider), this.subscriber, subscribed);
    }

    /** Lets {@code action} work on connections of its own to both databases, which are closed after it. */
    public static void connected(Settings settings, Consumer<Subscriber> action) {
        var lifetime = settings.connectionLifetime();
        try (var provider = Pools.open(settings.providerDb(), settings.jobName(), lifetime);
                var subscriber = Pools.open(settings.subscriberDb(), settings.jobName(), lifetime)) {
            action.accept(new Subscriber(settings, provider, subscriber));
        } catch (SQLException e) {
            throw new IllegalStateException("closing connections", e);
        }
    }

    /** Installs our schema. Does nothing the second time. */
    public void install() {
        subscriber.connect();
        subscriber.call(source -> {
            new Installer(source).installLondisteSubscriber();
            return null;
        });
        LOG.info("Installed londiste in {}", subscriber);
    }

    /**
     * Registers tables, or all that the provider has, for the replay to copy and to keep in sync. Tables that the provider
     * does not have registered are logged and skipped. The others are compared with the provider's first: if one is
     * missing or differs in a way that would stop it, nothing is changed unless that is forced.
     *
     * @return those of the selection that are subscribed now
     */
    public List<TableName> add(Selection selection, AddOptions options) {
        return new TableAddition(sides, options).add(selection);
    }

    /** Unregisters tables. Their rows stay; what was put aside for the copy comes back. */
    public void remove(Selection selection) {
        for (var table : selected(selection)) {
            sides.locked(connection -> {
                subscribed.remove(connection, table);
                return null;
            });
            LOG.info("Removed {}", table);
        }
    }

    /**
     * Has the replay copy tables anew, those that are ok or have stopped. One in another state is on its way already: it
     * is refused if it was named, and left alone if all were chosen.
     *
     * @return all that are selected: those that are copied anew, and those that are on their way
     */
    public List<TableName> resync(Selection selection) {
        var selected = selected(selection);
        var tables = new ArrayList<TableName>();
        sides.locked(connection -> {
            for (var table : subscribed.list(connection)) {
                if (selected.contains(table.name())) {
                    if (isAtRest(table)) {
                        BothSides.call(
                                connection,
                                "select londiste.subscriber_resync_table(?, ?)",
                                queue,
                                table.name().toString());
                        tables.add(table.name());
                    } else if (selection.all()) {
                        LOG.info("{} is {} and goes on", table.name(), table.state());
                    } else {
                        throw new LondisteException(subscriber + ": table " + table.name() + " is " + table.state()
                                + ", so it is on its way already; nothing was changed (resync is for tables that are ok"
                                + " or have stopped)");
                    }
                }
            }
            return null;
        });
        tables.forEach(table -> LOG.info("{} will be copied anew", table));
        return selected;
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
                        row.getString(9)),
                queue);
    }

    /** What the provider has registered and the subscriber has not, and subscribed tables that do not exist. */
    public List<Missing> missing() {
        sides.requireInstalled();
        return new MissingThings(sides).list();
    }

    /** Why the replay does not get on; nothing if it does, as far as the subscriber knows. */
    public Optional<String> replayError() {
        return subscriber
                .rows(
                        "select error from londiste.completed where consumer_id = ? and error is not null",
                        row -> row.getString(1),
                        sides.settings().consumerId())
                .stream()
                .findFirst();
    }

    /** How far the replay has come, and what waits to be restored. */
    public ReplayProgress progress() {
        return ReplayProgress.of(subscriber, queue, sides.settings().consumerId());
    }

    /** How the subscribed tables differ from the provider's, and what the subscriber's role may not do with them. */
    public List<Difference> check() {
        sides.requireInstalled();
        var tables = sides.known();
        var registered = new HashSet<>(sides.registered());
        var structure = new Structure(sides, tables);
        var differences = new ArrayList<Difference>();
        tables.stream()
                .filter(table -> !registered.contains(table))
                .map(table -> new Difference(table, Difference.Severity.ERROR, "not registered on the provider"))
                .forEach(differences::add);
        differences.addAll(structure.differences());
        differences.addAll(Rights.lacking(sides, tables));
        differences.addAll(structure.foreignKeys(tables));
        LOG.info("Compared {} tables", tables.size());
        return differences;
    }

    /** The foreign keys from and to subscribed tables, the pending ones first. */
    public List<ForeignKey> foreignKeys() {
        Installed.requireLondiste(subscriber);
        return subscriber.rows(
                "select status, from_table, to_table, fkey_name, fkey_def from londiste.subscriber_get_fkey_list(?)",
                row -> new ForeignKey(
                        row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)),
                queue);
    }

    /** The triggers that somebody made on subscribed tables, the pending ones first. */
    public List<Trigger> triggers() {
        Installed.requireLondiste(subscriber);
        return subscriber.rows(
                "select status, table_name, trigger_name, trigger_def from londiste.subscriber_get_trigger_list(?)",
                row -> new Trigger(row.getString(1), row.getString(2), row.getString(3), row.getString(4)),
                queue);
    }

    /**
     * Makes the pending triggers of a table again. Rows that the replay writes fire them from then on.
     *
     * @param names which triggers; empty: all of the table
     */
    public void restoreTriggers(String table, List<String> names) {
        Installed.requireLondiste(subscriber);
        new PendingTriggers(sides, Selection.name(table)).restore(names);
    }

    /** The sequences that follow the provider's. */
    public SubscriberSequences sequences() {
        return new SubscriberSequences(sides.settings(), sides.provider(), subscriber);
    }

    /** Registers the replay's consumer on the queue; a known one keeps its place. */
    public void register() {
        new Registration(sides).register();
    }

    /** Takes the replay's consumer and those of its copies off the queue; all tables are to be copied anew afterwards. */
    public void unregister() {
        new Registration(sides).unregister();
    }

    /**
     * Returns when all these tables are ok.
     *
     * @throws LondisteException if one of them is not subscribed any more, no replay runs for longer than the job's lock
     *     timeout, or the subscriber cannot be asked
     */
    public void await(List<TableName> tables, TableWait.Watcher watcher) {
        new TableWait(this, sides, tables, watcher).await();
    }

    /** What is selected of the subscribed tables; fails if something is not among them. */
    private List<TableName> selected(Selection selection) {
        sides.requireInstalled();
        var known = sides.known();
        var tables = selection.resolve(() -> known);
        sides.requireKnown(tables, known);
        return tables;
    }
}
