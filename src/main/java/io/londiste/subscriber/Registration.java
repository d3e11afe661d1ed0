package io.londiste.subscriber;

import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import io.londiste.table.ReplayLock;
import io.londiste.table.TableState;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replay's consumer on the provider's queue, and whether the replay runs. */
final class Registration {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);

    private final BothSides sides;
    private final String queue;
    private final String consumer;

    Registration(BothSides sides) {
        this.sides = sides;
        queue = sides.settings().queueName();
        consumer = sides.settings().consumerId();
    }

    void register() {
        sides.requireInstalled();
        if (!registerIfNew()) {
            LOG.info("Consumer {} is registered already", consumer);
        }
    }

    /** Returns whether the consumer was not registered before. */
    boolean registerIfNew() {
        if (sides.provider()
                .call(source -> new PgqClient(source).position(queue, consumer))
                .isPresent()) {
            return false;
        }
        // The old position goes first: after a kill between the two, registering again still finds none.
        sides.subscriber().transaction(sides.settings().lockTimeout(), connection -> {
            sides.subscribed().clearPosition(connection, consumer);
            return null;
        });
        sides.provider().call(source -> new PgqClient(source).registerConsumer(queue, consumer));
        LOG.info("Registered consumer {} on queue {}", consumer, queue);
        return true;
    }

    void unregister() {
        sides.requireInstalled();
        // The states go first: a table in sync whose consumer is gone would miss changes.
        sides.subscriber().transaction(sides.settings().lockTimeout(), connection -> {
            requireNoReplay(connection);
            sides.subscribed().lock(connection);
            for (var table : sides.subscribed().list(connection)) {
                sides.subscribed().setState(connection, table.name(), TableState.NEW);
            }
            sides.subscribed().clearPosition(connection, consumer);
            return null;
        });
        boolean known = sides.provider().call(source -> {
            var pgq = new PgqClient(source);
            for (var other : pgq.consumers(queue)) {
                if (other.equals(consumer + "_copy") || other.startsWith(consumer + "_copy_")) {
                    pgq.unregisterConsumer(queue, other);
                }
            }
            return pgq.unregisterConsumer(queue, consumer);
        });
        LOG.info(
                known ? "Unregistered consumer {} from queue {}" : "Consumer {} was not registered on queue {}",
                consumer,
                queue);
    }

    /** A replay that runs would register its consumer again at once, and copy all tables anew. */
    private void requireNoReplay(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(ReplayLock.TAKE_FOR_TRANSACTION)) {
            statement.setString(1, consumer);
            try (var row = statement.executeQuery()) {
                row.next();
                if (!row.getBoolean(1)) {
                    throw new LondisteException(
                            "the replay of " + sides.settings().jobName() + " runs; stop it first (londiste -s "
                                    + sides.settings().file() + "); nothing was changed");
                }
            }
        }
    }

    /** Whether some process has the job's lock. */
    boolean replayRuns() {
        return !sides.subscriber().texts(ReplayLock.HOLDER, consumer).isEmpty();
    }
}
