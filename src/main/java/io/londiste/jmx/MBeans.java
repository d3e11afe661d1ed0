package io.londiste.jmx;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.table.TableName;
import io.londiste.watch.ControlledDaemon;
import io.londiste.watch.JobDatabases;
import io.londiste.watch.JobState;
import io.londiste.watch.JobState.Reader;
import io.londiste.watch.JobView;
import io.londiste.watch.LastComparison;
import io.londiste.watch.StateReader;
import io.londiste.watch.StateWatch;
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
    private final BeanContext context;
    private final List<MBeanFamily<?>> families = new ArrayList<>();
    private final MBeanFamily<String> queues;
    private final MBeanFamily<Reader> consumers;
    private final MBeanFamily<TableName> tables;
    private final Comparisons comparisons;
    private final ReplayBean replay;
    private Notifier notices;

    private MBeans(MBeanServer server, Settings settings, ControlledDaemon daemon) {
        this.server = server;
        var databases = new JobDatabases(settings);
        var reader = new StateReader(databases, shown(settings));
        var watch = new StateWatch(settings.jobName() + "-mbeans", reader::read, this::show);
        context = new BeanContext(settings, daemon, databases, watch);
        queues = family(
                name -> ObjectNames.of("Queue", context.job(), "name", name),
                name -> DescribedMBean.of(new QueueBean(context, name), QueueMBean.class));
        consumers = family(
                consumer -> ObjectNames.of(
                        "Consumer", context.job(), "queue", consumer.queue(), "name", consumer.consumer()),
                consumer -> DescribedMBean.of(new ConsumerBean(context, consumer), ConsumerMBean.class));
        comparisons = new Comparisons(server, context);
        tables = family(
                this::tableName,
                name -> DescribedMBean.of(
                        new TableBean(context, comparisons, name),
                        TableMBean.class,
                        Notifier.OF_STATE,
                        Notifier.OF_ERROR));
        replay = databases.hasSubscriber() ? new ReplayBean(context) : null;
    }

    /** A replay shows its own queue, or all of the database if it is the one that ticks them. */
    private static Predicate<String> shown(Settings settings) {
        boolean all = settings.section() == Section.PGQADM || settings.embeddedTicker();
        return all ? queue -> true : settings.queueName()::equals;
    }

    /**
     * Registers the MBeans of a daemon in this process.
     *
     * @throws io.londiste.error.LondisteException if the settings do not say which databases they are for
     */
    public static MBeans register(Settings settings, ControlledDaemon daemon) {
        var beans = new MBeans(ManagementFactory.getPlatformMBeanServer(), settings, daemon);
        try {
            beans.registerLasting();
            beans.context.watch().start();
            return beans;
        } catch (RuntimeException e) {
            beans.close();
            throw e;
        }
    }

    /** Those that are there as long as the daemon. */
    private void registerLasting() {
        if (replay == null) {
            lasting("Ticker", DescribedMBean.of(new TickerBean(context), TickerProcessMBean.class));
            return;
        }
        lasting("Provider", DescribedMBean.of(new ProviderBean(context), ProviderMBean.class));
        lasting("Subscriber", DescribedMBean.of(new SubscriberBean(context, comparisons), SubscriberMBean.class));
        if (context.settings().embeddedTicker()) {
            lasting("Ticker", DescribedMBean.of(new TickerBean(context), TickerMBean.class));
        }
        var bean = DescribedMBean.of(replay, ReplayMBean.class, Notifier.OF_ERROR, Notifier.OF_LAG);
        lasting("Replay", bean);
        notices = new Notifier(this::receiver, new Notifier.Receiver(bean, ObjectNames.of("Replay", context.job())));
    }

    private void lasting(String type, DescribedMBean bean) {
        this.<String>family(name -> ObjectNames.of(name, context.job()), name -> bean)
                .add(type);
    }

    private <K> MBeanFamily<K> family(Function<K, ObjectName> namer, Function<K, DescribedMBean> maker) {
        var family = new MBeanFamily<>(server, namer, maker);
        families.add(family);
        return family;
    }

    private ObjectName tableName(TableName table) {
        return ObjectNames.of("Table", context.job(), "name", table.toString());
    }

    private Notifier.Receiver receiver(TableName table) {
        var bean = tables.get(table);
        return bean == null ? null : new Notifier.Receiver(bean, tableName(table));
    }

    /** Brings the MBeans in line with what was seen. */
    private void show(JobState before, JobState now) {
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
    public JobView view() {
        var picture = context.picture();
        var compared = new HashMap<TableName, LastComparison>();
        for (var table : picture.tables().keySet()) {
            var last = comparisons.last(table);
            if (last != null) {
                compared.put(table, last);
            }
        }
        return new JobView(
                context.settings(),
                context.daemon(),
                picture,
                context.error(picture),
                replay == null ? null : replay.lag(picture),
                compared);
    }

    /** Takes all MBeans away, and ends what they have begun. */
    @Override
    public void close() {
        try {
            context.watch().close();
            comparisons.close();
            families.forEach(MBeanFamily::close);
        } finally {
            context.databases().close();
        }
    }
}
