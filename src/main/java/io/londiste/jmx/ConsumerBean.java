package io.londiste.jmx;

import io.londiste.LondisteException;
import io.londiste.jmx.Picture.Reader;
import io.londiste.pgq.ConsumerInfo;

final class ConsumerBean implements ConsumerMBean {
    private final Desk desk;
    private final Reader reader;

    ConsumerBean(Desk desk, Reader reader) {
        this.desk = desk;
        this.reader = reader;
    }

    private ConsumerInfo info() {
        var info = desk.picture().consumers().get(reader);
        if (info == null) {
            throw new LondisteException(
                    reader.consumer() + " is not registered on queue " + reader.queue() + " any more");
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
    public Double getLagSeconds() {
        return Composites.seconds(info().lag());
    }

    @Override
    public Double getLastSeenSeconds() {
        return Composites.seconds(info().lastSeen());
    }

    @Override
    public Long getLastTick() {
        return info().lastTick();
    }

    @Override
    public Long getPendingEvents() {
        return info().pendingEvents();
    }

    @Override
    public String[] unregister() {
        return desk.run(desk.databases().queues(), queues -> queues.unregister(reader.queue(), reader.consumer()));
    }
}
