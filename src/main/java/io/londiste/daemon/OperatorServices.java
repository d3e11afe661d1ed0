package io.londiste.daemon;

import io.londiste.config.Settings;
import io.londiste.console.Console;
import io.londiste.error.LondisteException;
import io.londiste.jmx.MBeans;
import io.londiste.jmx.RemoteAccess;
import io.londiste.metrics.MetricsServer;
import io.londiste.watch.ControlledDaemon;
import io.londiste.watch.History;
import io.londiste.watch.JobView;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services through which operators reach a running daemon: MBeans, remote JMX, metrics and health, and the web console. */
final class OperatorServices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorServices.class);

    /** No services: for {@code --once}, which may run next to a daemon with the same INI file. */
    static final OperatorServices NONE = new OperatorServices(null);

    private final ControlledDaemon daemon;
    private final History history = new History();
    private Settings settings;
    private volatile MBeans mbeans;
    private RemoteAccess remote;
    private Console console;
    private MetricsServer metrics;

    private OperatorServices(ControlledDaemon daemon) {
        this.daemon = daemon;
    }

    /**
     * Opens the services that the settings enable.
     *
     * @param terminal receives messages that must not be logged, such as the first password; null if there is no terminal
     * @throws LondisteException if a service cannot be opened; the message names the key
     */
    static OperatorServices open(Settings settings, ControlledDaemon daemon, Consumer<String> terminal) {
        var services = new OperatorServices(daemon);
        try {
            services.settings = settings;
            services.mbeans = MBeans.register(settings, daemon, services.history);
            services.remote = RemoteAccess.open(settings);
            services.metrics = MetricsServer.open(settings, services::view);
            services.console = Console.start(settings, terminal);
            return services;
        } catch (RuntimeException e) {
            services.close();
            throw e;
        }
    }

    /** Switches to fresh settings. A service that cannot be opened with them keeps its previous settings where possible. */
    void reload(Settings fresh, Consumer<String> terminal) {
        if (daemon == null) {
            return;
        }
        mbeans.close();
        mbeans = MBeans.register(fresh, daemon, history);
        remote = remoteAccess(fresh);
        metrics = metrics(fresh);
        console = console.reload(fresh, terminal);
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
            LOG.error("{}; remote JMX keeps its previous settings", e.getMessage());
            return RemoteAccess.open(settings);
        }
    }

    /** The previous server is closed only after the new one has been opened. */
    private MetricsServer metrics(Settings fresh) {
        if (Objects.equals(fresh.metrics(), settings.metrics())) {
            return metrics;
        }
        try {
            var replacement = MetricsServer.open(fresh, this::view);
            if (metrics != null) {
                metrics.close();
            }
            return replacement;
        } catch (LondisteException e) {
            LOG.error("{}; the metrics server keeps its previous settings", e.getMessage());
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
