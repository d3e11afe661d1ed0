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
 * Serves {@code /metrics} to Prometheus and {@code /health}, {@code /health/live} and {@code /health/ready} to whoever
 * looks after the process, if the INI file wants that. It tells no secrets and takes no orders, so that nobody has to log
 * in. Safe for use by several threads.
 */
public final class MetricsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);

    /** What registries write unless they are asked for another format. */
    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private static final int THREADS = 2;
    private static final int BACKLOG = 16;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;
    /** Who is slow to ask or to listen is cut off, so that nobody can keep others out. In seconds. */
    private static final String PATIENCE = "10";

    private final HttpServer server;
    private final ExecutorService threads;
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Supplier<JobView> views;

    private record Answer(int status, String type, String text) {}

    private MetricsServer(InetSocketAddress address, Supplier<JobView> views) throws IOException {
        this.views = views;
        registry.getPrometheusRegistry().register(new ReplicationMetrics(views));
        new JvmMemoryMetrics().bindTo(registry);
        collections.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        System.setProperty("sun.net.httpserver.maxReqTime", PATIENCE);
        System.setProperty("sun.net.httpserver.maxRspTime", PATIENCE);
        var own = InetAddress.getByName(address.getHostString());
        server = HttpServer.create(new InetSocketAddress(own, address.getPort()), BACKLOG);
        threads = Executors.newFixedThreadPool(THREADS, work -> {
            var made = new Thread(work, "metrics");
            made.setDaemon(true);
            return made;
        });
        server.setExecutor(threads);
        at("/metrics", path -> new Answer(OK, TEXT_FORMAT, registry.scrape()));
        at("/health", path -> health(Health.ready(views.get())));
        at("/health/ready", path -> health(Health.ready(views.get())));
        at("/health/live", path -> health(Health.live(views.get())));
        server.createContext("/", exchange -> answer(exchange, new Answer(NOT_FOUND, "text/plain", "not found\n")));
        if (!own.isLoopbackAddress()) {
            LOG.warn("metrics: {} can be read by everybody who reaches this machine", address.getHostString());
        }
    }

    /**
     * Starts to serve; null if the settings do not want it.
     *
     * @param views what is to be seen, at any time
     * @throws LondisteException if the address cannot be used; the message names the key
     */
    public static MetricsServer open(Settings settings, Supplier<JobView> views) {
        var address = settings.metrics();
        if (address == null) {
            return null;
        }
        try {
            var made = new MetricsServer(address, views);
            made.server.start();
            LOG.info("Metrics at {}", made.uri());
            return made;
        } catch (IOException e) {
            throw new LondisteException(
                    settings.file() + ": metrics: cannot listen at " + address.getHostString() + ":" + address.getPort()
                            + ": " + Causes.root(e) + "; set it to another address",
                    e);
        }
    }

    /** Where Prometheus finds them. */
    public URI uri() {
        var host = server.getAddress().getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + server.getAddress().getPort() + "/metrics");
    }

    private static Answer health(Health health) {
        return new Answer(health.isGood() ? OK : UNAVAILABLE, "application/json", health.json());
    }

    private void at(String path, Function<String, Answer> page) {
        server.createContext(path, exchange -> {
            if (!exchange.getRequestURI().getPath().equals(path)) {
                answer(exchange, new Answer(NOT_FOUND, "text/plain", "not found\n"));
            } else if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                answer(exchange, new Answer(NOT_ALLOWED, "text/plain", "GET only\n"));
            } else {
                answer(exchange, made(page, path));
            }
        });
    }

    private static Answer made(Function<String, Answer> page, String path) {
        try {
            return page.apply(path);
        } catch (RuntimeException e) {
            LOG.error("{} cannot be told: {}", path, Causes.root(e), e);
            return new Answer(UNAVAILABLE, "text/plain", "see the log\n");
        }
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            var bytes = answer.text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type);
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(answer.status, -1);
            } else {
                exchange.sendResponseHeaders(answer.status, bytes.length);
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
