package io.londiste.sequence;

import io.londiste.change.TableName;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.error.LondisteException;
import io.londiste.schema.Installed;
import io.londiste.table.Selection;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands on the provider's sequences. Each logs what it changes. A command that fails throws a
 * {@link LondisteException} and changes nothing.
 */
public final class ProviderSequences {
    private static final Logger LOG = LoggerFactory.getLogger(ProviderSequences.class);

    private static final String CANDIDATES = """
            select n.nspname, c.relname
            from pg_catalog.pg_class c
              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'S' and c.relpersistence <> 't'
              and n.nspname not in ('pgq', 'pgq_ext', 'pgq_node', 'londiste', 'information_schema')
              and n.nspname not like 'pg\\_%'
            order by n.nspname, c.relname
            """;

    private final Settings settings;
    private final Database provider;
    private final Registry registry;

    public ProviderSequences(Settings settings, Database provider) {
        this.settings = settings;
        this.provider = provider;
        this.registry = new Registry(settings, provider, "provider", "SELECT");
    }

    /**
     * Registers sequences. {@link Selection#ALL} means all sequences of the database that the job's role may read, except
     * those of PgQ, Londiste and PostgreSQL.
     */
    public void add(Selection selection) {
        requireInstalled();
        var registered = registry.names();
        var wanted = selection.resolve(this::candidates);
        var sequences = new ArrayList<TableName>();
        for (var sequence : wanted) {
            if (!registered.contains(sequence)) {
                sequences.add(sequence);
            } else if (!selection.all()) {
                LOG.info("{} is registered already", sequence);
            }
        }
        if (selection.all()) {
            skipUnreadable(sequences);
        }
        registry.add(sequences);
        if (selection.all() && sequences.isEmpty()) {
            LOG.info("All sequences are registered already");
        }
    }

    private void skipUnreadable(List<TableName> sequences) {
        var problems = registry.problems(sequences).iterator();
        sequences.removeIf(sequence -> {
            var problem = problems.next();
            if (problem != null) {
                LOG.warn("Skipping {}: {}", sequence, problem);
            }
            return problem != null;
        });
    }

    /** Unregisters sequences, here and, by the replay, on subscribers, where they keep their values. */
    public void remove(Selection selection) {
        requireInstalled();
        registry.remove(selection);
    }

    /** The registered sequences with their values, in the order in which they were added. */
    public List<ProvidedSequence> list() {
        requireInstalled();
        return values(registry.names());
    }

    /** The given sequences with their values, or why these cannot be read. */
    List<ProvidedSequence> values(List<TableName> sequences) {
        return provider.rows(
                "select seq_name, last_value, is_called, problem from londiste.sequence_values(?, ?)",
                row -> new ProvidedSequence(
                        TableName.parse(row.getString(1)),
                        row.getObject(2, Long.class),
                        row.getObject(3, Boolean.class),
                        row.getString(4)),
                settings.queueName(),
                sequences.stream().map(TableName::toString).toArray(String[]::new));
    }

    /** The names of the registered sequences. */
    List<TableName> names() {
        return registry.names();
    }

    void requireInstalled() {
        Installed.requireProvider(provider, settings.queueName());
    }

    private List<TableName> candidates() {
        return provider.rows(CANDIDATES, row -> new TableName(row.getString(1), row.getString(2)));
    }
}
