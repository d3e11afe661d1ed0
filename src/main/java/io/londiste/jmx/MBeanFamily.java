package io.londiste.jmx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** MBeans of one kind that come and go with what they stand for. Safe for use by several threads. */
final class MBeanFamily<K> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MBeanFamily.class);

    private final MBeanServer server;
    private final Function<K, ObjectName> namer;
    private final Function<K, DescribedMBean> maker;
    private final Map<K, DescribedMBean> there = new HashMap<>();
    private boolean closed;

    MBeanFamily(MBeanServer server, Function<K, ObjectName> namer, Function<K, DescribedMBean> maker) {
        this.server = server;
        this.namer = namer;
        this.maker = maker;
    }

    /** Has MBeans of exactly these. */
    synchronized void show(Set<K> keys) {
        for (var gone : new HashSet<>(there.keySet())) {
            if (!keys.contains(gone)) {
                remove(gone);
            }
        }
        keys.forEach(this::add);
    }

    synchronized void add(K key) {
        if (closed || there.containsKey(key)) {
            return;
        }
        var made = maker.apply(key);
        try {
            server.registerMBean(made, namer.apply(key));
            there.put(key, made);
        } catch (InstanceAlreadyExistsException e) {
            throw new IllegalStateException("there is an MBean of that name already: " + namer.apply(key), e);
        } catch (JMException e) {
            throw new IllegalStateException(namer.apply(key).toString(), e);
        }
    }

    synchronized void remove(K key) {
        if (there.remove(key) != null) {
            try {
                server.unregisterMBean(namer.apply(key));
            } catch (InstanceNotFoundException e) {
                LOG.debug("{} was taken away by somebody else", key, e);
            } catch (JMException e) {
                throw new IllegalStateException(namer.apply(key).toString(), e);
            }
        }
    }

    /** The MBean; null if there is none. */
    synchronized DescribedMBean get(K key) {
        return there.get(key);
    }

    @Override
    public synchronized void close() {
        closed = true;
        show(Set.of());
    }
}
