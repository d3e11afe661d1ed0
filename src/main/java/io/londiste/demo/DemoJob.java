package io.londiste.demo;

import io.londiste.app.Application;
import io.londiste.app.JobLock;
import io.londiste.config.Settings;
import io.londiste.db.Transactions;
import io.londiste.demo.DemoPicture.Line;
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
import io.londiste.table.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replication of the demo: the same commands and programs that an operator uses, in this process. */
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
        lock.isOurs(); // comparisons look for whoever has it
        replay.start();
        mbeans.add(MBeans.register(tickerSettings, new EmbeddedDaemon(ticker)));
        mbeans.add(MBeans.register(settings, new EmbeddedDaemon(replay)));
    }

    void add(List<TableName> tables) {
        var names = Selection.of(tables.stream().map(TableName::toString).toList());
        provider.add(names);
        subscriber.add(names, AddOptions.NONE);
    }

    DemoPicture picture(ShopLoad load) throws SQLException {
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
        return new DemoPicture(
                lines, load.committed(), load.rolledBack(), replay.status().lag());
    }

    /** The newest tick of the queue. */
    long lastTick() throws SQLException {
        return pgq.lastTick(settings.queueName()).map(Tick::id).orElse(0L);
    }

    void forceTick() throws SQLException {
        pgq.forceTick(settings.queueName());
    }

    /** The tick that the replay has reached. */
    long position() throws SQLException {
        return pgq.position(settings.queueName(), settings.consumerId()).orElse(0L);
    }

    /** Foreign keys that were put aside for a copy and have not come back. */
    List<String> pendingForeignKeys() throws SQLException {
        return Transactions.call(subscriberDb, connection -> {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery(
                            "select from_table || ' ' || fkey_name from londiste.subscriber_pending_fkeys")) {
                var names = new ArrayList<String>();
                while (row.next()) {
                    names.add(row.getString(1));
                }
                return names;
            }
        });
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
