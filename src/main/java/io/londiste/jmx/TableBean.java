package io.londiste.jmx;

import io.londiste.app.Application;
import io.londiste.change.TableName;
import io.londiste.digest.Compare;
import io.londiste.error.LondisteException;
import io.londiste.error.RecentErrors;
import io.londiste.repair.Repair;
import io.londiste.replay.Counts;
import io.londiste.replay.ReplayStatus;
import io.londiste.subscriber.Subscriber;
import io.londiste.subscriber.TableStatus;
import io.londiste.sync.SyncOptions;
import io.londiste.table.CopyConsumers;
import io.londiste.table.Selection;
import java.nio.file.Path;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import javax.management.openmbean.CompositeData;

final class TableBean implements TableMBean {
    private static final SyncOptions SYNC = new SyncOptions(false, false, null);

    private final BeanContext context;
    private final Comparisons comparisons;
    private final TableName name;

    TableBean(BeanContext context, Comparisons comparisons, TableName name) {
        this.context = context;
        this.comparisons = comparisons;
        this.name = name;
    }

    private TableStatus status() {
        var status = context.state().tables().get(name);
        if (status == null) {
            throw new LondisteException("table " + name + " is no longer subscribed");
        }
        return status;
    }

    private Optional<ReplayStatus> applied() {
        return context.daemon().application().map(Application::status);
    }

    private Counts counts() {
        return applied().map(status -> status.of(name)).orElse(Counts.NONE);
    }

    private Optional<RecentErrors.Error> error() {
        return context.daemon().application().flatMap(running -> running.errors()
                .ofTable(name.toString()));
    }

    private String[] run(Consumer<Subscriber> command) {
        return context.run(context.databases().subscriber(), command);
    }

    private Selection selection() {
        return Selection.of(name.toString());
    }

    @Override
    public String getName() {
        return name.toString();
    }

    @Override
    public String getState() {
        return status().state().toString();
    }

    @Override
    public boolean isStale() {
        return context.state().second().isStale();
    }

    @Override
    public String getReason() {
        return Objects.requireNonNullElse(status().reason(), "");
    }

    @Override
    public Double getLagSeconds() {
        var own = context.settings().consumerId();
        boolean ok = status().isOk() && status().reason() == null;
        return Composites.seconds(
                context.state().lag(context.settings().queueName(), ok ? own : CopyConsumers.usualName(own, name)));
    }

    @Override
    public String getCopyStep() {
        return Objects.requireNonNullElse(status().step(), "");
    }

    @Override
    public Long getCopiedRows() {
        return status().rows();
    }

    @Override
    public Long getCopyTotalRows() {
        return status().totalRows();
    }

    @Override
    public Long getCopiedBytes() {
        return status().bytes();
    }

    @Override
    public double getCopyProgress() {
        return status().copied();
    }

    @Override
    public long getInserts() {
        return counts().inserts();
    }

    @Override
    public long getUpdates() {
        return counts().updates();
    }

    @Override
    public long getDeletes() {
        return counts().deletes();
    }

    @Override
    public long getTruncates() {
        return counts().truncates();
    }

    @Override
    public long getUnexpectedRows() {
        return counts().unexpected();
    }

    @Override
    public String getLastError() {
        return error().map(RecentErrors.Error::message).orElse("");
    }

    @Override
    public Date getLastErrorTime() {
        return error().map(RecentErrors.Error::time).map(Date::from).orElse(null);
    }

    @Override
    public Date getLastChange() {
        return applied().map(status -> status.lastChange(name)).map(Date::from).orElse(null);
    }

    @Override
    public boolean isWritesDenied() {
        return status().denyWrites();
    }

    @Override
    public String getReplicatedAs() {
        return status().replicatedAs();
    }

    @Override
    public CompositeData getLastComparison() {
        return Composites.of(comparisons.last(name));
    }

    @Override
    public String[] resync() {
        return run(subscriber -> subscriber.resync(selection()));
    }

    @Override
    public String[] retry() {
        return run(subscriber -> subscriber.retry(selection()));
    }

    @Override
    public String[] remove() {
        return run(subscriber -> subscriber.remove(selection()));
    }

    @Override
    public String[] restoreTriggers() {
        return run(subscriber -> subscriber.restoreTriggers(name.toString(), List.of()));
    }

    @Override
    public String[] saveTriggers() {
        return run(subscriber -> subscriber.saveTriggers(name.toString()));
    }

    @Override
    public String compare() {
        return comparisons.compare(new Compare.Request(selection(), SYNC, false), 1);
    }

    @Override
    public String repair(boolean apply, boolean force) {
        var options = new SyncOptions(SYNC.lock(), force, SYNC.where());
        return comparisons.repair(
                new Repair.Request(selection(), options, apply, false, Path.of(""), comparisons.job()), 1);
    }
}
