package io.londiste.subscriber;

import io.londiste.config.Settings;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import io.londiste.table.CopyConsumers;
import io.londiste.table.ReplayLock;
import io.londiste.table.TableLife;
import io.londiste.table.TableState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers and unregisters the replay's consumer on the provider's queue, and checks whether the replay runs. */
public final class Registration {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);

    private final DatabasePair sides;
    private final String queue;
    private final String consumer;

    /** The consumer of a job, with connections from the given sources. */
    public Registration(Settings settings, DataSource provider, DataSource subscriber) {
        this(DatabasePair.of(settings, provider, subscriber));
    }

    Registration(DatabasePair sides) {
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

    /**
     * Registers the consumer at the end of the queue, unless it is registered.
     *
     * @return whether it was not registered before
     * @throws LondisteException if the subscriber has replicated tables from the queue already, so that changes would be
     *     skipped; see {@link #loss}
     */
    boolean registerIfNew() {
        if (isRegistered()) {
            return false;
        }
        var loss = loss();
        if (loss.isPresent()) {
            recordLoss(loss.get());
            throw new LondisteException(loss.get());
        }
        sides.provider().call(source -> new PgqClient(source).registerConsumer(queue, consumer));
        LOG.info("Registered consumer {} on queue {}", consumer, queue);
        return true;
    }

    private boolean isRegistered() {
        return sides.provider()
                .call(source -> new PgqClient(source).position(queue, consumer))
                .isPresent();
    }

    /** What is wrong and what to do, if the consumer was registered once and no longer is; empty if nothing is wrong. */
    public Optional<String> loss() {
        if (isRegistered()) {
            return Optional.empty();
        }
        var tick = sides.subscriber().read(connection -> sides.subscribed().appliedTick(connection, consumer));
        boolean anyOk = sides.subscriber().read(sides.subscribed()::list).stream()
                .anyMatch(table -> table.state().equals(TableState.OK));
        if (tick.isEmpty() && !anyOk) {
            return Optional.empty();
        }
        boolean kept = tick.isPresent()
                && sides.provider()
                        .call(source -> new PgqClient(source).tick(queue, tick.get()))
                        .isPresent();
        var londiste = "londiste " + sides.settings().file();
        return Optional.of("consumer %s is not registered on queue %s of %s any more, although %s %s; %s"
                .formatted(
                        consumer,
                        queue,
                        sides.provider(),
                        sides.subscriber(),
                        tick.isPresent() ? "has applied the queue up to tick " + tick.get() : "has tables in sync",
                        kept
                                ? "the queue still has that tick, so nothing is lost: stop the replay, run " + londiste
                                        + " replay --rewind, and start it"
                                : "changes are lost, so that all tables have to be copied again: stop the replay, run "
                                        + londiste + " subscriber unregister, and start it"));
    }

    /** Records on the subscriber what is wrong, so that commands in other processes can report it. */
    private void recordLoss(String loss) {
        sides.subscriber().transaction(sides.settings().lockTimeout(), connection -> {
            sides.subscribed().setError(connection, consumer, loss);
            return null;
        });
    }

    /** Unregisters the consumer and those of the job's copies; all tables have to be copied again afterwards. */
    void unregister() {
        sides.requireInstalled();
        // The states are reset first: a table that stays ok without a consumer would miss changes.
        List<String> copies = sides.provider().call(source -> {
            var consumers = new CopyConsumers(queue, consumer, new PgqClient(source));
            return sides.subscriber()
                    .transaction(sides.settings().lockTimeout(), connection -> restartTables(connection, consumers));
        });
        copies.forEach(this::removeCopyConsumer);
        boolean known = sides.provider().call(source -> new PgqClient(source).unregisterConsumer(queue, consumer));
        LOG.info(
                known ? "Unregistered consumer {} from queue {}" : "Consumer {} was not registered on queue {}",
                consumer,
                queue);
    }

    /**
     * Makes the provider's queues usable after dump and restore moved them to another database cluster, and resets the
     * job, so that all its tables are copied again. Changes nothing if the queues belong to their cluster.
     *
     * @throws LondisteException if the replay runs, or the provider has the original PgQ
     */
    void adopt() {
        sides.requireInstalled();
        long queues = sides.subscriber().transaction(sides.settings().lockTimeout(), connection -> {
            requireNoReplay(connection);
            return sides.provider().read(Registration::adoptQueues);
        });
        if (queues == 0) {
            LOG.info("The queues of {} belong to its database cluster: nothing to adopt", sides.provider());
            return;
        }
        LOG.warn(
                "Adopted {} queues of {}: their events are dropped, consumers continue with what is written from now on",
                queues,
                sides.provider());
        unregister();
        LOG.info(
                "The replay of {} will copy all its tables again. For each other job of this provider, stop the replay, run"
                        + " 'subscriber unregister', and start it",
                sides.settings().jobName());
    }

    private static long adoptQueues(Connection provider) throws SQLException {
        long queues = PgqClient.adoptQueues(provider);
        Jdbc.execute(provider, "select londiste.maint_capture()");
        return queues;
    }

    /** Returns the consumers of the job's copies, which are no longer needed. */
    private List<String> restartTables(Connection connection, CopyConsumers consumers) throws SQLException {
        requireNoReplay(connection);
        sides.subscribed().lock(connection);
        var life = new TableLife(queue);
        for (var table : sides.subscribed().list(connection)) {
            if (!table.state().equals(TableState.NEW) && !table.state().equals(TableState.OK)) {
                consumers.claim(connection, table); // an earlier version may have started the copy
            }
            life.restart(connection, table);
        }
        sides.subscribed().clearPosition(connection, consumer);
        return consumers.list(connection);
    }

    /** Unregisters it before its record is removed: after a kill between the two steps, the command can be repeated. */
    private void removeCopyConsumer(String copy) {
        sides.provider().call(source -> new PgqClient(source).unregisterConsumer(queue, copy));
        sides.subscriber().transaction(sides.settings().lockTimeout(), connection -> {
            CopyConsumers.forget(connection, copy);
            return null;
        });
    }

    /** A running replay would copy all tables again, from a queue on which it is not registered. */
    private void requireNoReplay(Connection connection) throws SQLException {
        if (!Jdbc.only(connection, ReplayLock.TAKE_FOR_TRANSACTION, row -> row.getBoolean(1), consumer)) {
            throw new LondisteException("the replay of " + sides.settings().jobName()
                    + " runs; stop it first (londiste -s " + sides.settings().file() + "); nothing was changed");
        }
    }

    /** Whether a process has the job's lock. */
    boolean replayRuns() {
        return !sides.subscriber().texts(ReplayLock.HOLDER, consumer).isEmpty();
    }
}
