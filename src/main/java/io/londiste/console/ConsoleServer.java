package io.londiste.console;

import io.londiste.error.LondisteException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.eclipse.jetty.compression.gzip.GzipCompression;
import org.eclipse.jetty.compression.server.CompressionConfig;
import org.eclipse.jetty.compression.server.CompressionHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The web server of the console. It has few threads, since it serves few users and must not slow down the replay. */
final class ConsoleServer implements AutoCloseable {
    private static final int MAX_THREADS = 16;
    private static final int MIN_THREADS = 2;

    private final InetSocketAddress address;
    private final Users users;
    private final Server server;
    private final ServerConnector connector;

    ConsoleServer(InetSocketAddress address, Users users) {
        this.address = address;
        this.users = users;
        var threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
        threads.setName("console");
        threads.setDaemon(true);
        server = new Server(threads);
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(Hosts.resolve(address).getHostAddress());
        connector.setPort(address.getPort());
        server.addConnector(connector);
    }

    /** Starts the server; returns the address for browsers. */
    URI start() {
        refuseSystemProperties();
        try {
            // Opens the port first: names contain its number, which is chosen here if the settings say 0.
            connector.open();
            var refusals = new RefusalLog();
            server.setRequestLog(refusals);
            server.setHandler(handlers(refusals));
            server.start();
        } catch (Exception e) {
            close();
            throw failure(e);
        }
        return URI.create("http://" + shownHost() + ":" + connector.getLocalPort() + HawtioContext.PATH);
    }

    private Handler handlers(RefusalLog refusals) {
        var hawtio = new HawtioContext(users, new Hosts(address), refusals, connector.getLocalPort());
        return compressed(new Handler.Sequence(hawtio.handler(), new RootRedirect()));
    }

    /** Compresses responses, since a thousand tables take some hundred kilobytes. Does not decompress requests. */
    private static Handler compressed(Handler pages) {
        var handler = new CompressionHandler(pages);
        handler.putCompression(new GzipCompression());
        handler.putConfiguration(
                "/",
                CompressionConfig.builder()
                        .defaults()
                        .compressIncludeMethod("POST")
                        .decompressExcludeEncoding("gzip")
                        .build());
        return handler;
    }

    /** Redirects the root path to Hawtio's pages. */
    private static final class RootRedirect extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            boolean root = request.getHttpURI().getCanonicalPath().equals("/");
            if (root) {
                Response.sendRedirect(request, response, callback, HawtioContext.PATH);
            }
            return root;
        }
    }

    private String shownHost() {
        return Hosts.resolve(address).isAnyLocalAddress() ? "127.0.0.1" : address.getHostString();
    }

    /** Hawtio prefers system properties to the configuration of this program; one of them could disable authentication. */
    private static void refuseSystemProperties() {
        List<String> found = System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("hawtio."))
                .sorted()
                .toList();
        if (!found.isEmpty()) {
            throw new LondisteException(
                    "console: not started, since system properties of Hawtio are set, which could disable its authentication: "
                            + String.join(", ", found) + "; remove them from the command line and JAVA_TOOL_OPTIONS");
        }
    }

    private RuntimeException failure(Exception e) {
        if (e instanceof RuntimeException known) {
            return known;
        }
        var reason = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
        return new LondisteException(
                "console: cannot be served at " + Hosts.written(address) + ": " + reason
                        + "; set console to another address",
                e);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new LondisteException("console: cannot be stopped: " + e.getMessage(), e);
        }
    }
}
