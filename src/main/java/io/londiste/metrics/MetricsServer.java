package io.londiste.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.londiste.config.Settings;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.watch.JobView;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics} to Prometheus, and {@code /health}, {@code /health/live} and {@code /health/ready} to process
 * supervisors, if the INI file enables it. It shows no secrets and accepts no commands, and therefore needs no login. Safe
 * for use by several threads.
 */
public final class MetricsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);

    /** The format that registries write by default. */
    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private static final int THREADS = 2;
    private static final int BACKLOG = 16;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;
    /** Time limit for a request or a response, so that slow clients cannot block others. In seconds. */
    private static final String TIMEOUT = "10";

    private final HttpServer server;
    private final ExecutorService threads;
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Supplier<JobView> views;

    private record Reply(int status, String type, String text) {}

    private MetricsServer(InetSocketAddress address, String job, Supplier<JobView> views) throws IOException {
        this.views = views;
        registry.config().commonTags("job", job);
        registry.getPrometheusRegistry().register(new ReplicationMetrics(views));
        new JvmMemoryMetrics().bindTo(registry);
        collections.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        System.setProperty("sun.net.httpserver.maxReqTime", TIMEOUT);
        System.setProperty("sun.net.httpserver.maxRspTime", TIMEOUT);
        var own = InetAddress.getByName(address.getHostString());
        server = HttpServer.create(new InetSocketAddress(own, address.getPort()), BACKLOG);
        threads = Executors.newFixedThreadPool(THREADS, work -> {
            var thread = new Thread(work, "metrics");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        at("/metrics", path -> new Reply(OK, TEXT_FORMAT, registry.scrape()));
        at("/health", path -> health(Health.complete(views.get())));
        at("/health/ready", path -> health(Health.ready(views.get())));
        at("/health/live", path -> health(Health.live(views.get())));
        server.createContext("/", exchange -> reply(exchange, new Reply(NOT_FOUND, "text/plain", "not found\n")));
        if (!own.isLoopbackAddress()) {
            LOG.warn("metrics: {} can be read by anyone who can connect to this machine", address.getHostString());
        }
    }

    /**
     * Starts the server; returns null if the settings do not enable it.
     *
     * @param views returns the current state of the daemon
     * @throws LondisteException if the address cannot be used; the message names the key
     */
    public static MetricsServer open(Settings settings, Supplier<JobView> views) {
        var address = settings.metrics();
        if (address == null) {
            return null;
        }
        try {
            var metrics = new MetricsServer(address, settings.jobName(), views);
            metrics.server.start();
            LOG.info("Metrics at {}", metrics.uri());
            return metrics;
        } catch (IOException e) {
            throw new LondisteException(
                    settings.file() + ": metrics: cannot listen at " + address.getHostString() + ":" + address.getPort()
                            + ": " + Causes.root(e) + "; set it to another address",
                    e);
        }
    }

    /** The address of the metrics. */
    public URI uri() {
        var host = server.getAddress().getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + server.getAddress().getPort() + "/metrics");
    }

    private static Reply health(Health health) {
        return new Reply(health.isHealthy() ? OK : UNAVAILABLE, "application/json", health.json());
    }

    private void at(String path, Function<String, Reply> page) {
        server.createContext(path, exchange -> {
            if (!exchange.getRequestURI().getPath().equals(path)) {
                reply(exchange, new Reply(NOT_FOUND, "text/plain", "not found\n"));
            } else if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                reply(exchange, new Reply(NOT_ALLOWED, "text/plain", "GET only\n"));
            } else {
                reply(exchange, call(page, path));
            }
        });
    }

    private static Reply call(Function<String, Reply> page, String path) {
        try {
            return page.apply(path);
        } catch (RuntimeException e) {
            LOG.error("{} failed: {}", path, Causes.root(e), e);
            return new Reply(UNAVAILABLE, "text/plain", "see the log\n");
        }
    }

    private static void reply(HttpExchange exchange, Reply reply) throws IOException {
        try (exchange) {
            var bytes = reply.text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", reply.type);
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(reply.status, -1);
            } else {
                exchange.sendResponseHeaders(reply.status, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        collections.close();
        registry.close();
    }
}
