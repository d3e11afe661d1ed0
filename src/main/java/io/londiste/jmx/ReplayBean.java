package io.londiste.jmx;

import io.londiste.Application;
import io.londiste.LondisteException;
import io.londiste.replay.ReplayStatus;
import java.time.Duration;
import java.util.Date;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import javax.management.openmbean.CompositeData;

final class ReplayBean implements ReplayMBean {
    private final Desk desk;
    private volatile double lagLimit;

    ReplayBean(Desk desk) {
        this.desk = desk;
        this.lagLimit = Composites.seconds(desk.settings().lagLimit());
    }

    @Override
    public String getJob() {
        return desk.job();
    }

    @Override
    public String getQueue() {
        return desk.settings().queueName();
    }

    @Override
    public String getConsumer() {
        return desk.settings().consumerId();
    }

    @Override
    public String getState() {
        return desk.state();
    }

    @Override
    public String getError() {
        return desk.error();
    }

    @Override
    public CompositeData[] getRecentErrors() {
        return desk.recentErrors();
    }

    @Override
    public Date getSince() {
        return Composites.date(desk.daemon().condition().since());
    }

    @Override
    public Long getTick() {
        return desk.picture().progress().tick();
    }

    @Override
    public Double getLagSeconds() {
        return Composites.seconds(lag(desk.picture()));
    }

    Duration lag(Picture picture) {
        return picture.lag(getQueue(), getConsumer());
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
        return status().map(ReplayStatus::eventsPerSecond).orElse(0.0);
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
        return status().map(status -> number.applyAsDouble(status.batches())).orElse(0.0);
    }

    private Optional<ReplayStatus> status() {
        return desk.daemon().application().map(Application::status);
    }

    @Override
    public String getVersion() {
        return Objects.requireNonNullElse(Application.class.getPackage().getImplementationVersion(), "development");
    }

    @Override
    public void pause() {
        desk.daemon().pause();
    }

    @Override
    public void resume() {
        desk.daemon().resume();
    }

    @Override
    public void reload() {
        desk.daemon().reload();
    }

    @Override
    public void stop() {
        desk.daemon().stop();
    }

    @Override
    public void kill() {
        desk.daemon().kill();
    }

    @Override
    public void rewind() {
        desk.daemon().rewind();
    }

    @Override
    public void reset() {
        desk.daemon().reset();
    }
}
