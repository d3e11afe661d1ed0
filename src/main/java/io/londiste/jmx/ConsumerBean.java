package io.londiste.jmx;

import io.londiste.error.LondisteException;
import io.londiste.pgq.ConsumerInfo;
import io.londiste.watch.JobState.Reader;

final class ConsumerBean implements ConsumerMBean {
    private final BeanContext context;
    private final Reader reader;

    ConsumerBean(BeanContext context, Reader reader) {
        this.context = context;
        this.reader = reader;
    }

    private ConsumerInfo info() {
        var info = context.state().consumers().get(reader);
        if (info == null) {
            throw new LondisteException(reader.consumer() + " is no longer registered on queue " + reader.queue());
        }
        return info;
    }

    @Override
    public String getName() {
        return reader.consumer();
    }

    @Override
    public String getQueue() {
        return reader.queue();
    }

    @Override
    public boolean isStale() {
        return context.state().first().isStale();
    }

    private <T> T current(T value) {
        return isStale() ? null : value;
    }

    @Override
    public Double getLagSeconds() {
        return current(Composites.seconds(info().lag()));
    }

    @Override
    public Double getLastSeenSeconds() {
        return current(Composites.seconds(info().lastSeen()));
    }

    @Override
    public Long getLastTick() {
        return info().lastTick();
    }

    @Override
    public Long getPendingEvents() {
        return current(info().pendingEvents());
    }

    @Override
    public String getCopyOf() {
        return context.state().copies().getOrDefault(reader, "");
    }

    @Override
    public String[] unregister() {
        return context.run(
                context.databases().queues(), queues -> queues.unregister(reader.queue(), reader.consumer()));
    }
}
