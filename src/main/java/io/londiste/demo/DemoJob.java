package io.londiste.demo;

import io.londiste.app.Application;
import io.londiste.app.JobLock;
import io.londiste.change.TableName;
import io.londiste.config.Settings;
import io.londiste.db.Jdbc;
import io.londiste.db.Transactions;
import io.londiste.demo.DemoState.Line;
import io.londiste.jmx.EmbeddedDaemon;
import io.londiste.jmx.MBeans;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.Tick;
import io.londiste.provider.Provider;
import io.londiste.replay.Counts;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Subscriber;
import io.londiste.table.Selection;
import io.londiste.table.SubscribedTables;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replication of the demo: the same commands and routes that an operator uses, in this process. */
final class DemoJob implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DemoJob.class);

    private final Settings settings;
    private final DataSource subscriberDb;
    private final Provider provider;
    private final Subscriber subscriber;
    private final PgqClient pgq;
    private final Settings tickerSettings;
    private final Application ticker;
    private final Application replay;
    private final JobLock lock;
    private final List<MBeans> mbeans = new ArrayList<>();
    private final SubscribedTables subscribed;

    DemoJob(DemoServers servers) {
        settings = servers.job();
        subscriberDb = servers.subscriber();
        provider = new Provider(settings, servers.provider());
        subscriber = new Subscriber(settings, servers.provider(), subscriberDb);
        pgq = new PgqClient(servers.provider());
        subscribed = new SubscribedTables(settings.queueName());
        ticker = Application.ticker(servers.ticker());
        replay = Application.replay(settings);
        lock = new JobLock(settings);
        tickerSettings = servers.ticker();
    }

    /** Installs both sides, and starts ticker and replay. */
    void start() {
        provider.install();
        subscriber.install();
        subscriber.register();
        ticker.start();
        lock.isOurs(); // takes the lock: comparisons require a running replay, which they detect by it
        replay.start();
        mbeans.add(MBeans.register(tickerSettings, new EmbeddedDaemon(ticker)));
        mbeans.add(MBeans.register(settings, new EmbeddedDaemon(replay)));
    }

    void add(List<TableName> tables) {
        var names = Selection.of(tables.stream().map(TableName::toString).toList());
        provider.add(names);
        subscriber.add(names, AddOptions.NONE);
    }

    DemoState state(ShopLoad load) throws SQLException {
        var copied = replay.copies().rows();
        var applied = replay.status().tables();
        var lines = Transactions.call(subscriberDb, subscribed::list).stream()
                .map(table -> new Line(
                        table.name(),
                        table.state(),
                        table.reason(),
                        copied.getOrDefault(table.name(), 0L),
                        applied.getOrDefault(table.name(), Counts.NONE).events()))
                .toList();
        return new DemoState(
                lines, load.committed(), load.rolledBack(), replay.status().lag());
    }

    /** The newest tick of the queue. */
    long lastTick() throws SQLException {
        return pgq.lastTick(settings.queueName()).map(Tick::id).orElse(0L);
    }

    void forceTick() throws SQLException {
        pgq.forceTick(settings.queueName());
    }

    /** The last tick that the replay has applied. */
    long position() throws SQLException {
        return pgq.position(settings.queueName(), settings.consumerId()).orElse(0L);
    }

    /** Foreign keys that were saved for a copy and have not been restored yet. */
    List<String> pendingForeignKeys() throws SQLException {
        var query = "select from_table || ' ' || fkey_name from londiste.subscriber_pending_fkeys";
        return Transactions.call(subscriberDb, connection -> Jdbc.list(connection, query, row -> row.getString(1)));
    }

    @Override
    public void close() {
        mbeans.forEach(MBeans::close);
        replay.close();
        ticker.close();
        try {
            lock.close();
        } catch (SQLException e) {
            LOG.debug("The job's lock ends with its connection", e);
        }
    }
}
