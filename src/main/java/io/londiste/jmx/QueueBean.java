package io.londiste.jmx;

import io.londiste.error.LondisteException;
import io.londiste.pgq.QueueInfo;
import java.util.Map;

final class QueueBean implements QueueMBean {
    private final BeanContext context;
    private final String name;

    QueueBean(BeanContext context, String name) {
        this.context = context;
        this.name = name;
    }

    private QueueInfo info() {
        var info = context.state().queues().get(name);
        if (info == null) {
            throw new LondisteException("queue " + name + " no longer exists");
        }
        return info;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public long getEventTables() {
        return info().tables();
    }

    @Override
    public double getRotationPeriodSeconds() {
        return Composites.seconds(info().rotationPeriod());
    }

    @Override
    public long getTickerMaxCount() {
        return info().tickerMaxCount();
    }

    @Override
    public double getTickerMaxLagSeconds() {
        return Composites.seconds(info().tickerMaxLag());
    }

    @Override
    public double getTickerIdlePeriodSeconds() {
        return Composites.seconds(info().tickerIdlePeriod());
    }

    @Override
    public boolean isTickerPaused() {
        return info().tickerPaused();
    }

    @Override
    public boolean isExternalTicker() {
        return info().externalTicker();
    }

    @Override
    public String getError() {
        var ticks = context.state().ticks().get(name);
        return ticks == null || isStale() ? "" : ticks.error();
    }

    @Override
    public boolean isStale() {
        return context.state().first().isStale();
    }

    private <T> T current(T value) {
        return isStale() ? null : value;
    }

    @Override
    public Double getTickerLagSeconds() {
        return current(Composites.seconds(info().tickerLag()));
    }

    @Override
    public Double getEventsPerSecond() {
        return current(info().eventsPerSecond());
    }

    @Override
    public Long getNewEvents() {
        return current(info().newEvents());
    }

    @Override
    public Long getLastTick() {
        return info().lastTick();
    }

    @Override
    public String[] configure(String setting, String value) {
        return context.run(context.databases().queues(), queues -> queues.configure(name, Map.of(setting, value)));
    }
}
