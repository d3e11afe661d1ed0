package io.londiste.jmx;

import io.londiste.app.Application;
import io.londiste.error.LondisteException;
import io.londiste.replay.ReplayStatus;
import io.londiste.watch.History;
import io.londiste.watch.JobState;
import io.londiste.watch.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import javax.management.openmbean.CompositeData;

final class ReplayBean extends DaemonBean implements ReplayMBean {
    private final History history;
    private volatile double lagLimit;

    ReplayBean(BeanContext context, History history) {
        super(context);
        this.history = history;
        this.lagLimit = Composites.seconds(context.settings().lagLimit());
    }

    @Override
    public String getQueue() {
        return context.settings().queueName();
    }

    @Override
    public String getConsumer() {
        return context.settings().consumerId();
    }

    @Override
    public Date getSince() {
        return Composites.date(context.daemon().condition().since());
    }

    @Override
    public Long getTick() {
        return context.state().progress().tick();
    }

    @Override
    public Double getLagSeconds() {
        return Composites.seconds(lag(context.state()));
    }

    Duration lag(JobState state) {
        return state.lag(getQueue(), getConsumer());
    }

    /** What the history records of a state. */
    History.Sample sample(JobState state) {
        boolean known = state.second().read() != null && !state.second().isStale();
        var tables = state.tables().values();
        int stopped =
                (int) tables.stream().filter(table -> table.reason() != null).count();
        int inSync = (int) tables.stream()
                .filter(table -> table.reason() == null && table.isOk())
                .count();
        return new History.Sample(
                Instant.now(),
                lag(state),
                counts().map(ReplayStatus::eventsPerSecond).orElse(null),
                known ? inSync : null,
                known ? tables.size() - inSync - stopped : null,
                known ? stopped : null);
    }

    @Override
    public CompositeData[] history() {
        return Composites.of(history.list());
    }

    @Override
    public CompositeData status() {
        return Composites.of(JobStatus.of(context.settings(), context.state()));
    }

    @Override
    public double getLagLimitSeconds() {
        return lagLimit;
    }

    @Override
    public void setLagLimitSeconds(double seconds) {
        if (!(seconds >= 0)) {
            throw new LondisteException("LagLimitSeconds: expected a number of seconds, found " + seconds);
        }
        lagLimit = seconds;
    }

    @Override
    public long getBatches() {
        return (long) batches(ReplayStatus.Batches::number);
    }

    @Override
    public long getEvents() {
        return (long) batches(ReplayStatus.Batches::events);
    }

    @Override
    public double getEventsPerSecond() {
        return counts().map(ReplayStatus::eventsPerSecond).orElse(0.0);
    }

    @Override
    public long getLastBatchEvents() {
        return (long) batches(ReplayStatus.Batches::lastEvents);
    }

    @Override
    public double getLastBatchSeconds() {
        return batches(each -> Composites.seconds(each.lastTime()));
    }

    private double batches(ToDoubleFunction<ReplayStatus.Batches> number) {
        return counts().map(status -> number.applyAsDouble(status.batches())).orElse(0.0);
    }

    private Optional<ReplayStatus> counts() {
        return context.daemon().application().map(Application::status);
    }

    @Override
    public String getVersion() {
        return Objects.requireNonNullElse(Application.class.getPackage().getImplementationVersion(), "development");
    }

    @Override
    public void pause() {
        context.daemon().pause();
    }

    @Override
    public void resume() {
        context.daemon().resume();
    }

    @Override
    public void rewind() {
        context.daemon().rewind();
    }

    @Override
    public void reset() {
        context.daemon().reset();
    }
}
