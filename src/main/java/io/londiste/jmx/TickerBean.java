package io.londiste.jmx;

import io.londiste.app.Application;
import io.londiste.queue.Queues;
import io.londiste.ticker.TickerLog;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.management.openmbean.CompositeData;

final class TickerBean extends DaemonBean implements TickerProcessMBean {
    TickerBean(BeanContext context) {
        super(context);
    }

    private String[] run(Consumer<Queues> command) {
        return context.run(context.databases().queues(), command);
    }

    private Optional<TickerLog> ticks() {
        return context.daemon().application().map(Application::ticks);
    }

    @Override
    public String getDatabase() {
        return context.databases().first().toString();
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
        return Composites.of(context.databases().queues().status());
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
    public CompositeData[] failed(String queue, String consumer) {
        return Composites.of(context.databases()
                .queues()
                .failed(queue, consumer == null || consumer.isBlank() ? null : consumer.strip()));
    }

    @Override
    public String[] retry(String queue, String consumer, String events, boolean all) {
        var selection = NameArgument.events(events, all);
        return run(queues -> queues.retry(queue, consumer, selection));
    }

    @Override
    public String[] discard(String queue, String consumer, String events, boolean all) {
        var selection = NameArgument.events(events, all);
        return run(queues -> queues.discard(queue, consumer, selection));
    }

    @Override
    public CompositeData[] config(String queue) {
        var queues = context.databases().queues();
        return Composites.of(queue == null || queue.isBlank() ? queues.all() : List.of(queues.one(queue)));
    }

    @Override
    public String[] configure(String queue, String setting, String value) {
        return run(queues -> queues.configure(queue, Map.of(setting, value)));
    }
}
