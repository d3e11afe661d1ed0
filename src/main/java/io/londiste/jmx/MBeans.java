package io.londiste.jmx;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.jmx.Picture.Reader;
import io.londiste.table.TableName;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The MBeans of a daemon, from {@link #register} to {@link #close}: what is there as long as the daemon, and what comes and
 * goes with tables, queues and consumers. Safe for use by several threads.
 */
public final class MBeans implements AutoCloseable {
    private final MBeanServer server;
    private final Desk desk;
    private final List<Registered<?>> families = new ArrayList<>();
    private final Registered<String> queues;
    private final Registered<Reader> consumers;
    private final Registered<TableName> tables;
    private final Comparisons comparisons;
    private final ReplayBean replay;
    private Notices notices;

    private MBeans(MBeanServer server, Settings settings, Operated daemon) {
        this.server = server;
        var databases = new Databases(settings);
        var painter = new Painter(databases, shown(settings));
        var watch = new Watch(settings.jobName() + "-mbeans", painter::paint, this::show);
        desk = new Desk(settings, daemon, databases, watch);
        queues = family(
                name -> ObjectNames.of("Queue", desk.job(), "name", name),
                name -> DescribedMBean.of(new QueueBean(desk, name), QueueMBean.class));
        consumers = family(
                reader -> ObjectNames.of("Consumer", desk.job(), "queue", reader.queue(), "name", reader.consumer()),
                reader -> DescribedMBean.of(new ConsumerBean(desk, reader), ConsumerMBean.class));
        comparisons = new Comparisons(server, desk);
        tables = family(
                this::tableName,
                name -> DescribedMBean.of(
                        new TableBean(desk, comparisons, name), TableMBean.class, Notices.OF_STATE, Notices.OF_ERROR));
        replay = databases.hasSubscriber() ? new ReplayBean(desk) : null;
    }

    /** A replay shows its own queue, or all of the database if it is the one that ticks them. */
    private static Predicate<String> shown(Settings settings) {
        boolean all = settings.section() == Section.PGQADM || settings.embeddedTicker();
        return all ? queue -> true : settings.queueName()::equals;
    }

    /**
     * Registers the MBeans of a daemon in this process.
     *
     * @throws io.londiste.LondisteException if the settings do not say which databases they are for
     */
    public static MBeans register(Settings settings, Operated daemon) {
        var beans = new MBeans(ManagementFactory.getPlatformMBeanServer(), settings, daemon);
        try {
            beans.registerLasting();
            beans.desk.watch().start();
            return beans;
        } catch (RuntimeException e) {
            beans.close();
            throw e;
        }
    }

    /** Those that are there as long as the daemon. */
    private void registerLasting() {
        if (replay == null) {
            lasting("Ticker", DescribedMBean.of(new TickerBean(desk), TickerProcessMBean.class));
            return;
        }
        lasting("Provider", DescribedMBean.of(new ProviderBean(desk), ProviderMBean.class));
        lasting("Subscriber", DescribedMBean.of(new SubscriberBean(desk, comparisons), SubscriberMBean.class));
        if (desk.settings().embeddedTicker()) {
            lasting("Ticker", DescribedMBean.of(new TickerBean(desk), TickerMBean.class));
        }
        var bean = DescribedMBean.of(replay, ReplayMBean.class, Notices.OF_ERROR, Notices.OF_LAG);
        lasting("Replay", bean);
        notices = new Notices(this::receiver, new Notices.Receiver(bean, ObjectNames.of("Replay", desk.job())));
    }

    private void lasting(String type, DescribedMBean bean) {
        this.<String>family(name -> ObjectNames.of(name, desk.job()), name -> bean)
                .add(type);
    }

    private <K> Registered<K> family(Function<K, ObjectName> namer, Function<K, DescribedMBean> maker) {
        var family = new Registered<>(server, namer, maker);
        families.add(family);
        return family;
    }

    private ObjectName tableName(TableName table) {
        return ObjectNames.of("Table", desk.job(), "name", table.toString());
    }

    private Notices.Receiver receiver(TableName table) {
        var bean = tables.get(table);
        return bean == null ? null : new Notices.Receiver(bean, tableName(table));
    }

    /** Brings the MBeans in line with what was seen. */
    private void show(Picture before, Picture now) {
        queues.show(now.queues().keySet());
        consumers.show(now.consumers().keySet());
        tables.show(now.tables().keySet());
        comparisons.keep(now.tables().keySet());
        if (notices != null) {
            notices.tell(before, now);
            notices.tellLag(replay.lag(now), Duration.ofMillis((long) (replay.getLagLimitSeconds() * 1000)));
        }
    }

    /** What is to be seen now. */
    public View view() {
        var picture = desk.picture();
        var compared = new HashMap<TableName, LastComparison>();
        for (var table : picture.tables().keySet()) {
            var last = comparisons.last(table);
            if (last != null) {
                compared.put(table, last);
            }
        }
        return new View(
                desk.settings(),
                desk.daemon(),
                picture,
                desk.error(picture),
                replay == null ? null : replay.lag(picture),
                compared);
    }

    /** Takes all MBeans away, and ends what they have begun. */
    @Override
    public void close() {
        try {
            desk.watch().close();
            comparisons.close();
            families.forEach(Registered::close);
        } finally {
            desk.databases().close();
        }
    }
}
