package io.londiste.daemon;

import io.londiste.config.Settings;
import io.londiste.console.Console;
import io.londiste.error.LondisteException;
import io.londiste.jmx.MBeans;
import io.londiste.jmx.RemoteAccess;
import io.londiste.metrics.MetricsServer;
import io.londiste.watch.ControlledDaemon;
import io.londiste.watch.JobView;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where operators get at a daemon beside the command line: its MBeans, the way to them from outside, its metrics, its console. */
final class OperatorServices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorServices.class);

    /** A process that does its work once is nobody's to operate, and may run beside a daemon of the same file. */
    static final OperatorServices NONE = new OperatorServices(null);

    private final ControlledDaemon daemon;
    private Settings settings;
    private volatile MBeans mbeans;
    private RemoteAccess remote;
    private Console console;
    private MetricsServer metrics;

    private OperatorServices(ControlledDaemon daemon) {
        this.daemon = daemon;
    }

    /**
     * Opens what the settings want.
     *
     * @param terminal is told what is said only once; null if nobody would see it
     * @throws LondisteException if something of it cannot be opened; the message names the key
     */
    static OperatorServices open(Settings settings, ControlledDaemon daemon, Consumer<String> terminal) {
        var services = new OperatorServices(daemon);
        try {
            services.settings = settings;
            services.mbeans = MBeans.register(settings, daemon);
            services.remote = RemoteAccess.open(settings);
            services.metrics = MetricsServer.open(settings, services::view);
            services.console = Console.start(settings, terminal);
            return services;
        } catch (RuntimeException e) {
            services.close();
            throw e;
        }
    }

    /** Goes on with other settings. What cannot be opened by them stays as it was, as far as that is possible. */
    void moveTo(Settings fresh, Consumer<String> terminal) {
        if (daemon == null) {
            return;
        }
        mbeans.close();
        mbeans = MBeans.register(fresh, daemon);
        remote = remoteAccess(fresh);
        metrics = metrics(fresh);
        console = console.as(fresh, terminal);
        settings = fresh;
    }

    private RemoteAccess remoteAccess(Settings fresh) {
        if (fresh.jmx().equals(settings.jmx())) {
            return remote;
        }
        if (remote != null) {
            remote.close();
        }
        try {
            return RemoteAccess.open(fresh);
        } catch (LondisteException e) {
            LOG.error("{}; JMX clients come in as before", e.getMessage());
            return RemoteAccess.open(settings);
        }
    }

    /** Those of before are closed only when the others can be had. */
    private MetricsServer metrics(Settings fresh) {
        if (Objects.equals(fresh.metrics(), settings.metrics())) {
            return metrics;
        }
        try {
            var others = MetricsServer.open(fresh, this::view);
            if (metrics != null) {
                metrics.close();
            }
            return others;
        } catch (LondisteException e) {
            LOG.error("{}; metrics are served as before", e.getMessage());
            return metrics;
        }
    }

    private JobView view() {
        return mbeans.view();
    }

    @Override
    public void close() {
        if (metrics != null) {
            metrics.close();
        }
        if (console != null) {
            console.close();
        }
        if (remote != null) {
            remote.close();
        }
        if (mbeans != null) {
            mbeans.close();
        }
    }
}
