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

/** The MBeans of one type, each identified by a key, registered and unregistered as keys appear and disappear. Safe for use by several threads. */
final class MBeanFamily<K> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MBeanFamily.class);

    private final MBeanServer server;
    private final Function<K, ObjectName> namer;
    private final Function<K, DescribedMBean> maker;
    private final Map<K, DescribedMBean> registered = new HashMap<>();
    private boolean closed;

    MBeanFamily(MBeanServer server, Function<K, ObjectName> namer, Function<K, DescribedMBean> maker) {
        this.server = server;
        this.namer = namer;
        this.maker = maker;
    }

    /** Registers and unregisters MBeans so that there is one for each of exactly these keys. */
    synchronized void sync(Set<K> keys) {
        for (var gone : new HashSet<>(registered.keySet())) {
            if (!keys.contains(gone)) {
                remove(gone);
            }
        }
        keys.forEach(this::add);
    }

    synchronized void add(K key) {
        if (closed || registered.containsKey(key)) {
            return;
        }
        var bean = maker.apply(key);
        try {
            server.registerMBean(bean, namer.apply(key));
            registered.put(key, bean);
        } catch (InstanceAlreadyExistsException e) {
            throw new IllegalStateException("an MBean of this name is already registered: " + namer.apply(key), e);
        } catch (JMException e) {
            throw new IllegalStateException(namer.apply(key).toString(), e);
        }
    }

    synchronized void remove(K key) {
        if (registered.remove(key) != null) {
            try {
                server.unregisterMBean(namer.apply(key));
            } catch (InstanceNotFoundException e) {
                LOG.debug("{} was already unregistered", key, e);
            } catch (JMException e) {
                throw new IllegalStateException(namer.apply(key).toString(), e);
            }
        }
    }

    /** The MBean; null if registered is none. */
    synchronized DescribedMBean get(K key) {
        return registered.get(key);
    }

    @Override
    public synchronized void close() {
        closed = true;
        sync(Set.of());
    }
}
