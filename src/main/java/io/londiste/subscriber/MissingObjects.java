package io.londiste.subscriber;

import io.londiste.change.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;

/** The command {@code subscriber missing}. */
final class MissingObjects {
    private static final String EXISTING_TABLES =
            "select t.name from unnest(?::text[]) as t (name) where londiste.find_table(t.name) is not null";

    private static final String EXISTING_SEQUENCES = """
            select t.name from unnest(?::text[]) as t (name), londiste.parse_name(t.name) as p
              join pg_catalog.pg_namespace n on n.nspname = p.schema_name
              join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = p.table_name and c.relkind = 'S'
            """;

    private final DatabasePair sides;

    MissingObjects(DatabasePair sides) {
        this.sides = sides;
    }

    List<Missing> list() {
        var queue = sides.settings().queueName();
        var missing = new ArrayList<Missing>();
        var sources = sides.sources();
        var registered = sides.registered().stream()
                .filter(table -> !sources.contains(table))
                .toList();
        missing.addAll(of("table", registered, sides.known(), EXISTING_TABLES));
        missing.addAll(of(
                "sequence",
                names(sides.provider()
                        .texts("select seq_name from londiste.provider_seq where queue_name = ? order by nr", queue)),
                names(sides.subscriber()
                        .texts("select seq_name from londiste.subscriber_seq where queue_name = ? order by nr", queue)),
                EXISTING_SEQUENCES));
        return missing;
    }

    private List<Missing> of(String kind, List<TableName> registered, List<TableName> known, String existing) {
        var all = new LinkedHashSet<>(registered);
        all.addAll(known);
        var written = all.stream().map(TableName::toString).toArray(String[]::new);
        var there = new HashSet<>(names(sides.subscriber().texts(existing, (Object) written)));
        var subscribed = new HashSet<>(known);
        return all.stream()
                .map(name -> new Missing(kind, name, subscribed.contains(name), there.contains(name)))
                .filter(object -> !object.subscribed() || !object.exists())
                .toList();
    }

    private static List<TableName> names(List<String> written) {
        return written.stream().map(TableName::parse).toList();
    }
}
