package io.londiste.jmx;

import io.londiste.app.Application;
import io.londiste.change.TableName;
import io.londiste.digest.Compare;
import io.londiste.digest.Comparison;
import io.londiste.digest.LastComparison;
import io.londiste.digest.LastComparisons;
import io.londiste.error.LondisteException;
import io.londiste.repair.Repair;
import io.londiste.repair.Repaired;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.management.MBeanServer;

/**
 * The comparisons and repairs that were started by a job's MBeans, and the last result for each table.
 * Safe for use by several threads.
 */
final class Comparisons implements AutoCloseable {
    /** How many ended comparisons are kept. */
    private static final int KEPT = 20;

    /** How many run at the same time, each with its own connections and snapshots; the others wait for their turn. */
    private static final int MAX_RUNNING = 4;

    /** How many may wait. */
    private static final int MAX_QUEUED = 1_000;

    private final BeanContext context;
    private final MBeanFamily<Long> registered;
    private final Map<Long, ComparisonBean> beans = new ConcurrentSkipListMap<>();
    private final Map<TableName, LastComparison> last = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();

    Comparisons(MBeanServer server, BeanContext context) {
        this.context = context;
        this.registered = new MBeanFamily<>(
                server,
                id -> ObjectNames.of("Comparison", context.job(), "id", id.toString()),
                id -> DescribedMBean.of(beans.get(id), ComparisonMBean.class));
    }

    /** The job whose tables are compared. */
    String job() {
        return context.job();
    }

    /** Starts a comparison; returns the name of its MBean. */
    String compare(Compare.Request request, int jobs) {
        var rows = new RowFile();
        var keeping = new Compare.Request(request.selection(), request.options(), request.count(), rows);
        return start(new ComparisonBean.Request("compare", keeping), rows, jobs);
    }

    /** Starts a repair; returns the name of its MBean. */
    String repair(Repair.Request request, int jobs) {
        return start(new ComparisonBean.Request("repair", request), new RowFile(), jobs);
    }

    private synchronized String start(ComparisonBean.Request request, RowFile rows, int jobs) {
        if (beans.values().stream().filter(ComparisonBean::isQueued).count() >= MAX_QUEUED) {
            throw new LondisteException(
                    MAX_QUEUED + " comparisons are waiting already; wait for some of them, or cancel them");
        }
        long id = ids.incrementAndGet();
        var bean = new ComparisonBean(
                id,
                request,
                rows,
                (results, progress) -> Application.comparing(context.settings(), jobs, results, progress),
                this);
        beans.put(id, bean);
        registered.add(id);
        startNext();
        return ObjectNames.of("Comparison", context.job(), "id", Long.toString(id))
                .toString();
    }

    /** Starts those that have waited longest while fewer than the limit run, and forgets the oldest ended ones. */
    synchronized void startNext() {
        long running = beans.values().stream().filter(ComparisonBean::isRunning).count();
        beans.values().stream()
                .filter(ComparisonBean::isQueued)
                .limit(MAX_RUNNING - running)
                .forEach(this::start);
        beans.values().stream()
                .filter(ComparisonBean::hasEnded)
                .sorted(Comparator.comparing(ComparisonBean::getId).reversed())
                .skip(KEPT)
                .forEach(this::forget);
    }

    private void start(ComparisonBean bean) {
        if (bean.begin()) {
            var thread = new Thread(bean, context.job() + "-" + bean.getKind() + "-" + bean.getId());
            thread.setDaemon(true);
            thread.start();
        }
    }

    void forget(ComparisonBean bean) {
        beans.remove(bean.getId());
        registered.remove(bean.getId());
        bean.close();
    }

    /** Adds a result. Forgets the comparison of a table that was repaired, since the table is equal now. */
    void add(Instant begun, Record result) {
        if (result instanceof Repaired repaired && repaired.applied()) {
            last.remove(repaired.comparison().table());
        } else {
            var comparison = result instanceof Repaired repaired ? repaired.comparison() : (Comparison) result;
            last.put(comparison.table(), LastComparison.of(begun, comparison));
        }
    }

    /** The last comparison of the table, scheduled or requested; null if there was none. */
    LastComparison last(TableName table) {
        var scheduled = context.daemon()
                .application()
                .map(Application::comparisons)
                .map(LastComparisons::results)
                .map(results -> results.get(table))
                .map(found -> LastComparison.of(found.time(), found.comparison()));
        return Stream.of(
                        scheduled.orElse(null),
                        last.get(table),
                        context.state().comparisons().get(table))
                .filter(Objects::nonNull)
                .max(Comparator.comparing(LastComparison::time))
                .orElse(null);
    }

    /** Forgets the results of tables that are not among these. */
    void retain(Set<TableName> tables) {
        last.keySet().retainAll(tables);
    }

    /** Cancels all that run or wait, those that wait first, so that none of them starts. */
    @Override
    public void close() {
        Collection<ComparisonBean> all = beans.values();
        all.stream().filter(ComparisonBean::isQueued).forEach(ComparisonBean::cancelIfNotEnded);
        all.stream().filter(bean -> !bean.hasEnded()).forEach(ComparisonBean::cancelIfNotEnded);
        registered.close();
        all.forEach(ComparisonBean::close);
        beans.clear();
    }
}
