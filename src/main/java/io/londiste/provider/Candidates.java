package io.londiste.provider;

import io.londiste.change.TableName;
import io.londiste.subscriber.Subscriber;
import java.util.List;
import java.util.stream.Stream;

/** Finds the tables that can be added to the replication, and why others cannot. */
public final class Candidates {
    private Candidates() {}

    /** The provider's tables that are not subscribed: the registered ones in the order in which they were added, then the others by name. */
    public static List<Candidate> list(Provider provider, Subscriber subscriber) {
        var subscribed = subscriber.sources();
        var registered = provider.tables().stream()
                .map(ProvidedTable::name)
                .filter(table -> !subscribed.contains(table))
                .toList();
        var unregistered = provider.unregistered().stream()
                .filter(table -> !subscribed.contains(table.name()))
                .toList();
        var capturable =
                unregistered.stream().filter(table -> table.problem() == null).map(UnregisteredTable::name);
        var obstacles = subscriber.obstacles(
                Stream.concat(registered.stream(), capturable).toList());
        return Stream.concat(
                        registered.stream().map(table -> candidate(table, true, obstacles.get(table))),
                        unregistered.stream()
                                .map(table -> table.problem() == null
                                        ? candidate(table.name(), false, obstacles.get(table.name()))
                                        : new Candidate(table.name(), false, table.problem(), false, false)))
                .toList();
    }

    private static Candidate candidate(TableName table, boolean registered, String obstacle) {
        return new Candidate(table, registered, obstacle, obstacle != null, Subscriber.MISSING_TABLE.equals(obstacle));
    }
}
