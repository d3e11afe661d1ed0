package io.londiste.sequence;

import io.londiste.change.TableName;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import io.londiste.table.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sequences that are registered on one side of a job. Changes are logged. */
final class Registry {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    private static final String CHECK = """
            select case
                when c.oid is null then 'no such sequence'
                when c.relkind <> 'S' then 'not a sequence'
                when c.relpersistence = 't' then 'temporary'
                when not (select pg_catalog.bool_and(pg_catalog.has_sequence_privilege(c.oid, needed))
                          from pg_catalog.unnest(?::text[]) as needed)
                  then 'missing privilege ' || pg_catalog.array_to_string(?::text[], ' and ') end
            from unnest(?::text[], ?::text[]) with ordinality as wanted (schema_name, seq_name, nr)
              left join pg_catalog.pg_namespace n on n.nspname = wanted.schema_name
              left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.seq_name
            order by wanted.nr
            """;

    private final Settings settings;
    private final Database database;
    private final String side;
    private final String[] rights;

    /**
     * @param side {@code provider} or {@code subscriber}, which the names of tables and functions begin with
     * @param rights the privileges that the job's role needs on a sequence
     */
    Registry(Settings settings, Database database, String side, String... rights) {
        this.settings = settings;
        this.database = database;
        this.side = side;
        this.rights = rights;
    }

    /** The registered sequences, in the order in which they were added. */
    List<TableName> names() {
        return database
                .texts(
                        "select seq_name from londiste." + side + "_seq where queue_name = ? order by nr",
                        settings.queueName())
                .stream()
                .map(TableName::parse)
                .toList();
    }

    /** For each sequence, in order, why it cannot be registered, or null. */
    List<String> problems(List<TableName> sequences) {
        return database.texts(
                CHECK,
                rights,
                rights,
                sequences.stream().map(TableName::schema).toArray(String[]::new),
                sequences.stream().map(TableName::name).toArray(String[]::new));
    }

    /**
     * Registers all of them, or none.
     *
     * @throws LondisteException if one of them cannot be registered
     */
    void add(List<TableName> sequences) {
        var problems = problems(sequences);
        var wrong = new ArrayList<String>();
        for (int i = 0; i < sequences.size(); i++) {
            if (problems.get(i) != null) {
                wrong.add(problems.get(i) + ": " + sequences.get(i));
            }
        }
        if (!wrong.isEmpty()) {
            throw new LondisteException(database + ": " + String.join("; ", wrong) + "; nothing was changed");
        }
        change("add", sequences);
        sequences.forEach(sequence -> LOG.info("Added {}", sequence));
    }

    /**
     * Unregisters all of them, or none.
     *
     * @throws LondisteException if one of them is not registered
     */
    void remove(Selection selection) {
        var registered = names();
        var sequences = selection.resolve(() -> registered);
        var unknown = sequences.stream()
                .filter(sequence -> !registered.contains(sequence))
                .map(TableName::toString)
                .collect(Collectors.joining(", "));
        if (!unknown.isEmpty()) {
            throw new LondisteException(database + ": not registered in queue " + settings.queueName() + ": " + unknown
                    + "; nothing was changed");
        }
        change("remove", sequences);
        sequences.forEach(sequence -> LOG.info("Removed {}", sequence));
    }

    private void change(String verb, List<TableName> sequences) {
        var call = "select londiste." + side + "_" + verb + "_seq(?, ?)";
        database.transaction(settings.lockTimeout(), connection -> {
            for (var sequence : sequences) {
                Jdbc.execute(connection, call, settings.queueName(), sequence.toString());
            }
            return null;
        });
    }
}
