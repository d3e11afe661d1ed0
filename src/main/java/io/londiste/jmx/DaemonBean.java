package io.londiste.jmx;

import io.londiste.check.Check;
import java.net.URI;
import javax.management.openmbean.CompositeData;

/** The attributes and operations that the MBeans of replay and ticker share. */
abstract class DaemonBean {
    final BeanContext context;

    DaemonBean(BeanContext context) {
        this.context = context;
    }

    public String getJob() {
        return context.job();
    }

    public String getIniFile() {
        return context.settings().file().toAbsolutePath().normalize().toString();
    }

    public String getState() {
        return context.daemonState();
    }

    public String getError() {
        return context.error();
    }

    public CompositeData[] getRecentErrors() {
        return context.recentErrors();
    }

    public String[] getConsoles() {
        return context.settings().consoles().stream().map(URI::toString).toArray(String[]::new);
    }

    /** One at a time, since each opens connections of its own. */
    public synchronized CompositeData[] check() {
        return Composites.of(Check.of(context.settings()));
    }

    public void reload() {
        context.daemon().reload();
    }

    public void stop() {
        context.daemon().stop();
    }

    public void kill() {
        context.daemon().kill();
    }
}
