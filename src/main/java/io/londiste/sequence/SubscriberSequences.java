package io.londiste.sequence;

import io.londiste.change.TableName;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import io.londiste.schema.Installed;
import io.londiste.table.Selection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands on the subscriber's sequences. Each logs what it changes. A command that fails throws a
 * {@link LondisteException} and changes nothing.
 */
public final class SubscriberSequences {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriberSequences.class);

    /** The properties that determine which values a sequence can have. */
    private static final String DEFINITIONS = """
            select n.nspname, c.relname, pg_catalog.format('AS %s INCREMENT %s MINVALUE %s MAXVALUE %s%s',
              pg_catalog.format_type(s.seqtypid, null), s.seqincrement, s.seqmin, s.seqmax,
              case when s.seqcycle then ' CYCLE' else '' end)
            from unnest(?::text[], ?::text[]) as wanted (schema_name, seq_name)
              join pg_catalog.pg_namespace n on n.nspname = wanted.schema_name
              join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.seq_name
              join pg_catalog.pg_sequence s on s.seqrelid = c.oid
            """;

    private final Settings settings;
    private final Database provider;
    private final Database subscriber;
    private final ProviderSequences provided;
    private final Registry registry;

    public SubscriberSequences(Settings settings, Database provider, Database subscriber) {
        this.settings = settings;
        this.provider = provider;
        this.subscriber = subscriber;
        this.provided = new ProviderSequences(settings, provider);
        this.registry = new Registry(settings, subscriber, "subscriber", "SELECT", "UPDATE");
    }

    /**
     * Registers sequences, or all that are registered on the provider; the replay sets them with the next batch. Sequences
     * that are not registered on the provider are logged and skipped, unless all are: that is an error; differences between definitions are logged.
     */
    public void add(Selection selection) {
        requireInstalled();
        var registered = provided.names();
        var known = registry.names();
        var sequences = new ArrayList<TableName>();
        var skipped = new ArrayList<TableName>();
        for (var sequence : selection.resolve(() -> registered)) {
            if (known.contains(sequence)) {
                LOG.info("{} is subscribed already", sequence);
            } else if (!registered.contains(sequence)) {
                skipped.add(sequence);
            } else {
                sequences.add(sequence);
            }
        }
        if (sequences.isEmpty() && !skipped.isEmpty()) {
            throw new LondisteException(provider + ": not registered in queue " + settings.queueName() + ": "
                    + skipped.stream().map(TableName::toString).collect(Collectors.joining(", "))
                    + "; nothing was changed (londiste " + settings.file() + " provider add-seq registers sequences)");
        }
        skipped.forEach(sequence -> LOG.warn("Skipping {}: not registered on the provider", sequence));
        registry.add(sequences);
        warnOfDifferences(sequences);
        if (selection.all() && registered.isEmpty()) {
            LOG.warn("The provider has no sequence registered in queue {}", settings.queueName());
        }
        if (!sequences.isEmpty()) {
            provider.call(source -> {
                new PgqClient(source).forceTick(settings.queueName()); // otherwise an idle queue has no next batch
                return null;
            });
        }
    }

    private void warnOfDifferences(List<TableName> sequences) {
        var theirs = definitions(provider, sequences);
        var ours = definitions(subscriber, sequences);
        for (var sequence : sequences) {
            if (theirs.containsKey(sequence) && !theirs.get(sequence).equals(ours.get(sequence))) {
                LOG.warn(
                        "{} is {} on the provider and {} on the subscriber",
                        sequence,
                        theirs.get(sequence),
                        ours.get(sequence));
            }
        }
    }

    private static Map<TableName, String> definitions(Database database, List<TableName> sequences) {
        return database
                .rows(
                        DEFINITIONS,
                        row -> Map.entry(new TableName(row.getString(1), row.getString(2)), row.getString(3)),
                        sequences.stream().map(TableName::schema).toArray(String[]::new),
                        sequences.stream().map(TableName::name).toArray(String[]::new))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Unregisters sequences. They keep their values. */
    public void remove(Selection selection) {
        Installed.requireLondiste(subscriber);
        registry.remove(selection);
    }

    /**
     * The subscribed sequences with the values on both sides, in the order in which they were added. If the provider cannot
     * be queried, this is logged, and its values are null.
     */
    public List<SubscribedSequence> list() {
        Installed.requireLondiste(subscriber);
        var theirs = new HashMap<TableName, ProvidedSequence>();
        try {
            provided.requireInstalled();
            provided.values(registry.names()).forEach(sequence -> theirs.put(sequence.name(), sequence));
        } catch (LondisteException e) {
            LOG.warn("{}", e.getMessage());
        }
        return subscriber.rows(
                "select seq_name, last_value, is_called, reason from londiste.subscriber_get_seq_list(?)",
                row -> both(row, theirs),
                settings.queueName());
    }

    private static SubscribedSequence both(ResultSet row, Map<TableName, ProvidedSequence> theirs) throws SQLException {
        var name = TableName.parse(row.getString(1));
        var other = theirs.getOrDefault(name, new ProvidedSequence(name, null, null, null));
        var reason = row.getString(4);
        return new SubscribedSequence(
                name,
                row.getObject(2, Long.class),
                row.getObject(3, Boolean.class),
                other.lastValue(),
                other.isCalled(),
                reason == null ? other.problem() : reason);
    }

    private void requireInstalled() {
        provided.requireInstalled();
        Installed.requireLondiste(subscriber);
    }
}
