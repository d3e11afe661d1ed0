package io.londiste.jmx;

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

    public String getState() {
        return context.daemonState();
    }

    public String getError() {
        return context.error();
    }

    public CompositeData[] getRecentErrors() {
        return context.recentErrors();
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
