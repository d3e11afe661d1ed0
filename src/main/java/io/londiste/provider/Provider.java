package io.londiste.provider;

import io.londiste.change.TableName;
import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import io.londiste.schema.Installed;
import io.londiste.schema.Installer;
import io.londiste.schema.Uninstaller;
import io.londiste.sequence.ProviderSequences;
import io.londiste.table.MissingGrants;
import io.londiste.table.NeededRows;
import io.londiste.table.Selection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands on the provider. Each logs what it changes. A command that fails throws a {@link LondisteException}; the
 * message says so if nothing was changed.
 */
public final class Provider {
    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);

    /** The time after which new events get a tick: less than PgQ's default of 3 s, because a replica should be current. */
    private static final String TICKER_MAX_LAG = "5 ms";

    /** Tables that can be captured; partitions and children of a table with a key are captured with that table. */
    private static final String CANDIDATES = """
            with recursive below (member) as (
              select h.inhrelid from pg_catalog.pg_inherits h
                join pg_catalog.pg_index k on k.indrelid = h.inhparent and k.indisprimary
              union
              select h.inhrelid from below join pg_catalog.pg_inherits h on h.inhparent = below.member)
            select n.nspname, c.relname
            from pg_catalog.pg_class c
              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
              and n.nspname not in ('pgq', 'pgq_ext', 'pgq_node', 'londiste', 'information_schema')
              and n.nspname not like 'pg\\_%'
              and c.oid not in (select member from below)
            order by n.nspname, c.relname
            """;

    private static final String CHECK = """
            with recursive above (member, root) as (
              select inhrelid, inhparent from pg_catalog.pg_inherits
              union
              select above.member, h.inhparent from above join pg_catalog.pg_inherits h on h.inhrelid = above.root),
            wanted as (
              select w.nr, n.nspname, c.oid, c.relkind,
                exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisprimary) as has_key
              from unnest(?::text[], ?::text[]) with ordinality as w (schema_name, table_name, nr)
                left join pg_catalog.pg_namespace n on n.nspname = w.schema_name
                left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.table_name),
            registered as (
              select londiste.find_table(table_name) as oid from londiste.provider_table where queue_name = ?),
            captured as (
              select oid from registered union select oid from wanted where has_key)
            select case
                when w.oid is null then 'no such table'
                when w.relkind not in ('r', 'p') then 'not a table'
                when w.nspname in ('pgq', 'pgq_ext', 'pgq_node', 'londiste', 'information_schema', 'pg_catalog')
                  then 'part of the server, the queue or the replication'
                when not w.has_key then 'no primary key'
                when londiste.unlogged_part(w.oid) is not null then 'unlogged, so that a crash of the server empties it (alter table '
                  || londiste.unlogged_part(w.oid) || ' set logged)'
                else coalesce(
                  'captured as a whole with table ' || (
                    select min(londiste.fqname(above.root)) from above join captured c on c.oid = above.root
                    where above.member = w.oid),
                  'over table ' || (
                    select min(londiste.fqname(above.member)) from above join registered r on r.oid = above.member
                    where above.root = w.oid) || ', which is captured by itself') end
            from wanted w
            order by w.nr
            """;

    /** The tables that inherit from a table that is not partitioned, in one line; no line if there are none. */
    private static final String HEIRS = """
            select pg_catalog.string_agg(londiste.fqname(t.member), ', ' order by londiste.fqname(t.member))
            from londiste.find_table(?) as root (oid), londiste.tree(root.oid) as t
            where not t.partitioned and t.member <> root.oid
            having count(*) > 0
            """;

    private final Settings settings;
    private final Database provider;

    public Provider(Settings settings, DataSource provider) {
        this.settings = settings;
        this.provider = Databases.provider(settings, provider);
    }

    /** Installs PgQ, unless there is one, and schema londiste, and creates the queue. Changes nothing if repeated. */
    public void install() {
        var queue = settings.queueName();
        provider.connect();
        provider.call(source -> {
            var installer = new Installer(source);
            var pgq = new PgqClient(source);
            boolean ours = installer.installPgq();
            LOG.info(ours ? "Installed pgq {} in {}" : "Using existing pgq {} in {}", pgq.version(), provider);
            installer.installLondisteProvider();
            LOG.info("Installed londiste in {}", provider);
            if (pgq.createQueue(queue)) {
                pgq.configure(queue, "ticker_max_lag", TICKER_MAX_LAG);
                LOG.info("Created queue {}, with ticker_max_lag {}", queue, TICKER_MAX_LAG);
            } else {
                LOG.info("Queue {} exists already", queue);
            }
            return null;
        });
    }

    /**
     * Removes schema londiste, the job's queue and, if it has no other queue, our PgQ with its roles.
     *
     * @param force also if tables, sequences or consumers are registered, which are lost
     */
    public void uninstall(boolean force) {
        new Uninstaller(provider, settings.lockTimeout()).provider(settings.queueName(), force);
    }

    /**
     * Registers tables and creates their capture triggers. All names and rights are checked first: if one is wrong or missing,
     * nothing is changed. The triggers of a table that is registered already are created again if it is named, but not if it only
     * matches a wildcard. {@link Selection#ALL} means all tables of the database with a primary key, except those of PgQ,
     * Londiste and PostgreSQL; those for which rights are missing fail together, after the others were added.
     */
    public void add(Selection selection) {
        requireInstalled();
        if (selection.all()) {
            addAll();
            return;
        }
        var registered = new HashSet<>(registered());
        var tables = new ArrayList<TableName>();
        var left = new ArrayList<TableName>();
        for (var table : selection.resolve(this::candidates)) {
            (registered.contains(table) && !selection.isNamed(table) ? left : tables).add(table);
        }
        check(tables);
        var missing = missingRights(tables);
        if (!missing.isEmpty()) {
            throw new LondisteException(provider + ": " + String.join("; ", missing) + "; nothing was changed");
        }
        tables.forEach(this::add);
        left.forEach(table -> LOG.info("{} is registered already", table));
    }

    private void addAll() {
        var registered = registered();
        var tables = without(candidates(), registered);
        var problems = problems(tables);
        var capturable = new ArrayList<TableName>();
        for (int i = 0; i < tables.size(); i++) {
            if (problems.get(i) == null) {
                capturable.add(tables.get(i));
            } else {
                LOG.warn("Skipping {}: {}", tables.get(i), problems.get(i));
            }
        }
        var missing = missingRights(capturable);
        Map<TableName, String> lacking = missing.isEmpty() ? Map.of() : missingRightsOfEach(capturable);
        var permitted =
                capturable.stream().filter(table -> !lacking.containsKey(table)).toList();
        permitted.forEach(this::add);
        if (!missing.isEmpty()) {
            throw new LondisteException(provider + ": " + String.join("; ", missing)
                    + (permitted.isEmpty() ? "; nothing was changed" : "; the other tables were added"));
        }
        if (tables.isEmpty()) {
            LOG.info("All tables are registered already");
        } else if (!registered.isEmpty() && capturable.isEmpty()) {
            LOG.info("All others are registered already");
        }
    }

    /** The rights that capture needs on these tables and the role lacks, with their GRANT. */
    private List<String> missingRights(List<TableName> tables) {
        return provider.read(connection -> MissingGrants.onTrees(connection, tables, "SELECT", "TRIGGER"));
    }

    private Map<TableName, String> missingRightsOfEach(List<TableName> tables) {
        return provider.read(connection -> MissingGrants.onEachTree(connection, tables, "SELECT", "TRIGGER"));
    }

    private void add(TableName table) {
        boolean added = call("provider_add_table", table) == 1;
        LOG.info(added ? "Added {}" : "{} is registered already; its triggers were created again", table);
        provider.texts(HEIRS, table.toString())
                .forEach(heirs -> LOG.warn(
                        "{} is captured together with the tables that inherit from it ({}), as far as they have its columns."
                                + " A key may occur in several of these tables, since each checks only its own: of such"
                                + " rows the subscriber has one, with the values of the last change",
                        table,
                        heirs));
    }

    /** Unregisters tables and removes their triggers. The queue delivers the removal to the subscribers. */
    public void remove(Selection selection) {
        requireInstalled();
        var registered = registered();
        var tables = selection.resolve(() -> registered);
        var unknown =
                tables.stream().filter(table -> !registered.contains(table)).toList();
        if (!unknown.isEmpty()) {
            throw new LondisteException(provider + ": not registered in queue " + settings.queueName() + ": "
                    + joined(unknown) + "; nothing was changed");
        }
        for (var table : tables) {
            call("provider_remove_table", table);
            LOG.info("Removed {}", table);
        }
        provider.read(connection -> NeededRows.of(connection, "provider", settings.queueName(), tables))
                .forEach(LOG::warn);
    }

    /** The registered tables, in the order in which they were added. */
    public List<ProvidedTable> tables() {
        requireInstalled();
        return registered().stream().map(ProvidedTable::new).toList();
    }

    /** The tables of which {@link #add} could register all, and has not, in the order of their names. */
    public List<UnregisteredTable> unregistered() {
        requireInstalled();
        var tables = without(candidates(), registered());
        var problems = problems(tables);
        var lacking = missingRightsOfEach(tables);
        return IntStream.range(0, tables.size())
                .mapToObj(i -> new UnregisteredTable(
                        tables.get(i), problems.get(i) == null ? lacking.get(tables.get(i)) : problems.get(i)))
                .toList();
    }

    /** The commands on the provider's sequences. */
    public ProviderSequences sequences() {
        return new ProviderSequences(settings, provider);
    }

    /** The commands on scripts. */
    public ProviderScripts scripts() {
        requireInstalled();
        return new ProviderScripts(settings, provider);
    }

    private void requireInstalled() {
        Installed.requireProvider(provider, settings.queueName());
    }

    private List<TableName> registered() {
        return provider
                .texts("select table_name from londiste.provider_get_table_list(?) as table_name", settings.queueName())
                .stream()
                .map(TableName::parse)
                .toList();
    }

    private List<TableName> candidates() {
        return provider.rows(CANDIDATES, row -> new TableName(row.getString(1), row.getString(2)));
    }

    private void check(List<TableName> tables) {
        var problems = problems(tables);
        var wrong = new ArrayList<String>();
        for (int i = 0; i < tables.size(); i++) {
            if (problems.get(i) != null) {
                wrong.add(problems.get(i) + ": " + tables.get(i));
            }
        }
        if (!wrong.isEmpty()) {
            throw new LondisteException(provider + ": " + String.join("; ", wrong) + "; nothing was changed");
        }
    }

    /** For each table, in order, why it cannot be captured, or null. */
    private List<String> problems(List<TableName> tables) {
        return provider.texts(
                CHECK,
                tables.stream().map(TableName::schema).toArray(String[]::new),
                tables.stream().map(TableName::name).toArray(String[]::new),
                settings.queueName());
    }

    private int call(String function, TableName table) {
        return provider.transaction(
                settings.lockTimeout(),
                connection -> Jdbc.only(
                        connection,
                        "select londiste." + function + "(?, ?)",
                        row -> row.getInt(1),
                        settings.queueName(),
                        table.toString()));
    }

    private static List<TableName> without(List<TableName> tables, List<TableName> others) {
        return tables.stream()
                .filter(Predicate.not(new HashSet<>(others)::contains))
                .toList();
    }

    private static String joined(List<TableName> tables) {
        return tables.stream().map(TableName::toString).collect(Collectors.joining(", "));
    }
}
