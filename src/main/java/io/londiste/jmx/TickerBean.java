package io.londiste.jmx;

import io.londiste.Application;
import io.londiste.TickerLog;
import io.londiste.queue.Queues;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.management.openmbean.CompositeData;

final class TickerBean implements TickerProcessMBean {
    private final Desk desk;

    TickerBean(Desk desk) {
        this.desk = desk;
    }

    private String[] run(Consumer<Queues> command) {
        return desk.run(desk.databases().queues(), command);
    }

    private Optional<TickerLog> ticks() {
        return desk.daemon().application().map(Application::ticks);
    }

    @Override
    public String getJob() {
        return desk.job();
    }

    @Override
    public String getDatabase() {
        return desk.databases().first().toString();
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
    public long getTicks() {
        return ticks().map(TickerLog::total).orElse(0L);
    }

    @Override
    public Date getLastTick() {
        return ticks().map(TickerLog::last).map(Date::from).orElse(null);
    }

    @Override
    public String[] install() {
        return run(Queues::install);
    }

    @Override
    public CompositeData[] status() {
        return Composites.of(desk.databases().queues().status());
    }

    @Override
    public String[] create(String queue) {
        return run(queues -> queues.create(queue));
    }

    @Override
    public String[] drop(String queue) {
        return run(queues -> queues.drop(queue));
    }

    @Override
    public String[] register(String queue, String consumer) {
        return run(queues -> queues.register(queue, consumer));
    }

    @Override
    public String[] unregister(String queue, String consumer) {
        return run(queues -> queues.unregister(queue, consumer));
    }

    @Override
    public CompositeData[] config(String queue) {
        var queues = desk.databases().queues();
        return Composites.of(queue == null || queue.isBlank() ? queues.all() : List.of(queues.one(queue)));
    }

    @Override
    public String[] configure(String queue, String setting, String value) {
        return run(queues -> queues.configure(queue, Map.of(setting, value)));
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
}
