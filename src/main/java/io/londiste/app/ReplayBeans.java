package io.londiste.app;

import io.londiste.change.ChangeDecoder;
import io.londiste.config.Settings;
import io.londiste.copy.CatchUp;
import io.londiste.copy.Copies;
import io.londiste.copy.CopyProgressWriter;
import io.londiste.copy.DueTables;
import io.londiste.copy.Failures;
import io.londiste.copy.ForeignKeys;
import io.londiste.copy.Handover;
import io.londiste.copy.Retention;
import io.londiste.copy.SnapshotCopy;
import io.londiste.db.Pools;
import io.londiste.error.RecentErrors;
import io.londiste.hook.Hooks;
import io.londiste.pgq.PgqClient;
import io.londiste.replay.Replay;
import io.londiste.replay.ReplayStatus;
import io.londiste.subscriber.Registration;
import io.londiste.sync.Barrier;
import io.londiste.table.CopyConsumers;
import io.londiste.table.RegisteredTables;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableLife;
import io.londiste.table.TableShapes;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.main.Main;
import org.apache.commons.dbcp2.BasicDataSource;

/** The beans of the routes that replay, copy and catch up, with their connections. */
final class ReplayBeans implements AutoCloseable {
    static final List<String> ROUTES =
            List.of("replay", "committed", "sequences", "copy", "catch-up", "foreign-keys", "upkeep");

    private static final long BATCH_EVENTS = 100_000;
    private static final int FETCH_SIZE = 8_192;

    private final Settings settings;
    private final BasicDataSource provider;
    private final BasicDataSource subscriber;
    private final ReplayStatus status = new ReplayStatus();
    private final Copies copies;
    private final DueTables dueTables;
    private final Completion completion;
    private final Pause pause;
    private final Map<String, Object> beans;

    /**
     * @param ofOwnRoutes how many connections to the provider the operator's own routes need
     * @param errors has the errors that the routes report
     * @param errorLog is informed what to do when a route finds that the job is not registered any more
     * @param hooks is told of commits
     */
    ReplayBeans(Settings settings, int ofOwnRoutes, RecentErrors errors, ErrorLog errorLog, Hooks hooks) {
        this.settings = settings;
        int copying = settings.parallelCopies();
        provider = limited(
                Pools.open(settings.providerDb(), settings.jobName(), settings.connectionLifetime()),
                8 + 4 * copying + ofOwnRoutes);
        subscriber = limited(
                Pools.openReplay(settings.subscriberDb(), settings.jobName(), settings.connectionLifetime()),
                12 + 3 * copying);
        String queue = settings.queueName();
        String consumer = settings.consumerId();
        var pgq = new PgqClient(provider, fetchSize());
        var tables = new SubscribedTables(queue);
        var life = new TableLife(queue);
        var consumers = new CopyConsumers(queue, consumer, pgq);
        var shapes = new TableShapes();
        var handover = new Handover(consumer, subscriber, tables, life);
        copies = new Copies(queue, copying, subscriber, tables, life, consumers, handover);
        handover.watch(copies::active);
        dueTables = new DueTables(queue, subscriber, copies);
        var foreignKeys = new ForeignKeys(queue, subscriber, shapes, settings.lockTimeout());
        completion = new Completion(queue, consumer, pgq, subscriber, tables, copies, foreignKeys, status);
        pause = new Pause(consumer, subscriber, tables);
        var progress = new CopyProgressWriter(queue, subscriber, copies);
        var failures = new Failures(
                queue, consumer, pgq, provider, subscriber, tables, life, consumers, shapes, copies, status, errors);
        var registration = new Registration(settings, provider, subscriber);
        errorLog.whenNotRegistered(e -> failures.lost(registration.loss().orElse(e.getMessage())));
        var snapshotCopy = new SnapshotCopy(
                queue,
                provider,
                subscriber,
                tables,
                life,
                consumers,
                shapes,
                handover,
                progress,
                settings.lockTimeout());
        var registered = new RegisteredTables(queue, provider);
        beans = Map.ofEntries(
                Map.entry("provider", provider),
                Map.entry("subscriber", subscriber),
                Map.entry("barrier", new Barrier(consumer, subscriber)),
                Map.entry("handover", handover),
                Map.entry("decoder", new ChangeDecoder()),
                Map.entry(
                        "replay",
                        new Replay(provider, subscriber, tables, life, registered, pgq, shapes, status, hooks)),
                Map.entry("copies", copies),
                Map.entry("dueTables", dueTables),
                Map.entry("copyProgress", progress),
                Map.entry("snapshotCopy", snapshotCopy),
                Map.entry("catchUp", new CatchUp(queue, BATCH_EVENTS, pgq, subscriber, tables, life, handover)),
                Map.entry("retention", new Retention(queue, consumer, subscriber)),
                Map.entry("foreignKeys", foreignKeys),
                Map.entry("failures", failures));
    }

    private static BasicDataSource limited(BasicDataSource pool, int connections) {
        pool.setMaxTotal(connections);
        pool.setMaxIdle(connections);
        return pool;
    }

    private int fetchSize() {
        return settings.lazyFetch() > 0 ? settings.lazyFetch() : FETCH_SIZE;
    }

    void bind(Main main) {
        beans.forEach(main::bind);
        main.addInitialProperty("pgq_lazy_fetch", String.valueOf(fetchSize()));
        main.addInitialProperty("batch_events", String.valueOf(BATCH_EVENTS));
        main.addInitialProperty(
                "loop_delay", String.valueOf(settings.loopDelay().toMillis()));
        main.addInitialProperty("parallel_copies", String.valueOf(settings.parallelCopies()));
    }

    DataSource provider() {
        return provider;
    }

    ReplayStatus status() {
        return status;
    }

    Copies copies() {
        return copies;
    }

    Completion completion() {
        return completion;
    }

    Pause pause() {
        return pause;
    }

    /** No new copy starts; those that are running continue until the routes have stopped. */
    void end() {
        dueTables.close();
    }

    /** Closes the connections; the routes have stopped. */
    @Override
    public void close() {
        end();
        Pools.close(provider, subscriber);
    }
}
