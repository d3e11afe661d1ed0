package io.londiste.jmx;

import io.londiste.app.Application;
import io.londiste.change.TableName;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.digest.LastComparison;
import io.londiste.error.LondisteException;
import io.londiste.table.SubscribedTables;
import io.londiste.watch.ControlledDaemon;
import io.londiste.watch.History;
import io.londiste.watch.JobDatabases;
import io.londiste.watch.JobState;
import io.londiste.watch.JobState.Reader;
import io.londiste.watch.JobView;
import io.londiste.watch.StateReader;
import io.londiste.watch.StateWatch;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MBeans of a daemon, registered from {@link #register} to {@link #close}: permanent ones, and those that appear and
 * disappear with tables, queues, consumers and comparisons. Safe for use by several threads.
 */
public final class MBeans implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MBeans.class);

    private final MBeanServer server;
    private final BeanContext context;
    private final List<MBeanFamily<?>> families = new ArrayList<>();
    private final MBeanFamily<String> queues;
    private final MBeanFamily<Reader> consumers;
    private final MBeanFamily<TableName> tables;
    private final Comparisons comparisons;
    private final ReplayBean replay;
    private final History history;
    private Notifier notifier;
    private Runnable endAudit = () -> {};
    private List<String> routeProblems = List.of();

    private MBeans(MBeanServer server, Settings settings, ControlledDaemon daemon, History history) {
        this.server = server;
        this.history = history;
        var databases = new JobDatabases(settings);
        var reader = new StateReader(settings, databases, shown(settings));
        var watch = new StateWatch(settings.jobName() + "-mbeans", reader::read, this::update);
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
        replay = databases.hasSubscriber() ? new ReplayBean(context, history) : null;
    }

    /** A replay shows its own queue, or all queues of the database if it runs the ticker. */
    private static Predicate<String> shown(Settings settings) {
        boolean all = settings.section() == Section.PGQADM || settings.embeddedTicker();
        return all ? queue -> true : settings.queueName()::equals;
    }

    /**
     * Registers the MBeans of a daemon in this process.
     *
     * @throws io.londiste.error.LondisteException if the settings lack a connection string
     */
    public static MBeans register(Settings settings, ControlledDaemon daemon) {
        return register(settings, daemon, new History());
    }

    /** The same, with what earlier MBeans of the daemon have recorded. */
    public static MBeans register(Settings settings, ControlledDaemon daemon, History history) {
        var beans = new MBeans(ManagementFactory.getPlatformMBeanServer(), settings, daemon, history);
        try {
            beans.registerPermanent();
            beans.context.watch().start();
            return beans;
        } catch (RuntimeException e) {
            beans.close();
            throw e;
        }
    }

    /** Registers the MBeans that exist as long as the daemon. */
    private void registerPermanent() {
        if (replay == null) {
            notifying(
                    "Ticker",
                    DescribedMBean.of(
                            new TickerBean(context), TickerProcessMBean.class, Notifier.OF_ERROR, Notifier.OF_AUDIT));
            return;
        }
        permanent("Provider", DescribedMBean.of(new ProviderBean(context), ProviderMBean.class));
        permanent("Subscriber", DescribedMBean.of(new SubscriberBean(context, comparisons), SubscriberMBean.class));
        if (context.settings().embeddedTicker()) {
            permanent("Ticker", DescribedMBean.of(new TickerBean(context), TickerMBean.class));
        }
        notifying(
                "Replay",
                DescribedMBean.of(replay, ReplayMBean.class, Notifier.OF_ERROR, Notifier.OF_LAG, Notifier.OF_AUDIT));
    }

    /** Registers the MBean that sends the notifications of the daemon. */
    private void notifying(String type, DescribedMBean bean) {
        permanent(type, bean);
        notifier = new Notifier(
                this::source,
                new Notifier.Source(bean, ObjectNames.of(type, context.job())),
                () -> context.daemon().application().map(Application::hooks));
        endAudit = Audit.listen(notifier::notifyAudit);
    }

    private void permanent(String type, DescribedMBean bean) {
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

    private Notifier.Source source(TableName table) {
        var bean = tables.get(table);
        return bean == null ? null : new Notifier.Source(bean, tableName(table));
    }

    /** Updates MBeans and sends notifications after a change of state. */
    private void update(JobState before, JobState now) {
        queues.sync(now.queues().keySet());
        consumers.sync(now.consumers().keySet());
        tables.sync(now.tables().keySet());
        comparisons.retain(now.tables().keySet());
        logTickers(before, now);
        reportRoutes();
        recordObserved(now);
        notifier.notifyChanges(before, now);
        if (replay != null) {
            history.add(() -> replay.sample(now));
            notifier.notifyLag(replay.lag(now), Duration.ofMillis((long) (replay.getLagLimitSeconds() * 1000)));
        }
    }

    private static void logTickers(JobState before, JobState now) {
        now.ticks().forEach((queue, ticks) -> {
            var known = before.ticks().get(queue);
            boolean was = known != null && !known.error().isEmpty();
            if (!ticks.error().isEmpty() && !was) {
                LOG.error("{}", ticks.error());
            } else if (ticks.error().isEmpty() && was) {
                LOG.info("Queue {} gets ticks again", queue);
            }
        });
    }

    private void reportRoutes() {
        var problems = context.routeProblems();
        problems.stream().filter(problem -> !routeProblems.contains(problem)).forEach(problem -> {
            LOG.error("{}", problem);
            notifier.notifyRoutes(problem);
        });
        if (problems.isEmpty() && !routeProblems.isEmpty()) {
            LOG.info("All routes are as they should be again");
        }
        routeProblems = problems;
    }

    /**
     * Records the first problem of a replay on its subscriber, for commands in other processes, unless the replay has recorded
     * one itself.
     */
    private void recordObserved(JobState now) {
        var progress = now.progress();
        if (replay == null
                || context.daemon().application().isEmpty()
                || now.second().isStale()) {
            return;
        }
        var problem = context.errors(now).stream().findFirst().orElse(null);
        if (progress.error() == null && progress.tick() != null && !Objects.equals(problem, progress.observed())) {
            try {
                context.databases().subscriber().recordObserved(problem);
            } catch (LondisteException e) {
                LOG.debug("What the daemon observes cannot be recorded on the subscriber", e);
            }
        }
    }

    /** The current state of the daemon and its databases. */
    public JobView view() {
        var state = context.state();
        var compared = new HashMap<TableName, LastComparison>();
        for (var table : state.tables().keySet()) {
            var last = comparisons.last(table);
            if (last != null) {
                compared.put(table, last);
            }
        }
        return new JobView(
                context.settings(),
                context.daemon(),
                state,
                context.errors(state).stream()
                        .filter(error -> !error.equals(SubscribedTables.PAUSED)) // as its operator wants it
                        .toList(),
                context.routeProblems(),
                replay == null ? null : replay.lag(state),
                compared);
    }

    /** Unregisters all MBeans and cancels the comparisons that they have started. */
    @Override
    public void close() {
        endAudit.run();
        try {
            context.watch().close();
            comparisons.close();
            families.forEach(MBeanFamily::close);
        } finally {
            context.databases().close();
        }
    }
}
