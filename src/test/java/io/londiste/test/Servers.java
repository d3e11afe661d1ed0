package io.londiste.test;

import io.londiste.demo.PgCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.opentest4j.TestAbortedException;
import org.postgresql.PGProperty;

/** The servers of this JVM: each is started when first asked for, and they are ended together. */
final class Servers implements AutoCloseable {
    static final Servers SHARED = new Servers();

    /** Small and fast. A crash of the server loses nothing, a crash of the machine would. */
    private static final Map<String, String> SETTINGS = Map.of(
            "max_connections", "200",
            "shared_buffers", "64MB",
            "fsync", "off",
            "full_page_writes", "off",
            "log_line_prefix", "%m [%p] %q%u@%d ");

    /** The same for servers of this JVM: tests connect many thousand times, and SCRAM takes twice as long as the rest. */
    private static final Map<String, String> EMBEDDED = new HashMap<>(SETTINGS);

    static {
        EMBEDDED.put("password_encryption", "md5");
    }

    private static final String EXTERNAL = "external:";

    private final String mode = System.getProperty("postgres", "embedded");
    private final Map<String, CompletableFuture<Server>> started = new LinkedHashMap<>();

    private Servers() {}

    /** The major version a role has unless a test asks for another. */
    static int major(String role) {
        return Integer.getInteger("postgres." + role, role.equals("provider") ? 15 : 18);
    }

    /** Begins to start a server that will be needed; several start at the same time. */
    synchronized CompletableFuture<Server> begin(String role, int major) {
        return started.computeIfAbsent(
                role + "-" + major, key -> CompletableFuture.supplyAsync(() -> start(role, major)));
    }

    /** The server of a role, which waits for its start. */
    Server get(String role, int major) {
        return result(begin(role, major));
    }

    /** A server of programs that are installed on this machine, as {@link #get}. */
    Server installed(Path home) {
        CompletableFuture<Server> server;
        synchronized (this) {
            server = started.computeIfAbsent(home.toString(), key -> CompletableFuture.supplyAsync(() -> start(home)));
        }
        return result(server);
    }

    /** The servers that have started until now. */
    synchronized List<Server> running() {
        return started.values().stream()
                .filter(server -> server.isDone() && !server.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .toList();
    }

    @Override
    public synchronized void close() throws IOException {
        for (var server : started.values()) {
            if (!server.isCompletedExceptionally()) {
                server.join().close();
            }
        }
        started.clear();
    }

    private Server start(String role, int major) {
        if (mode.startsWith(EXTERNAL)) {
            return external(role, major);
        }
        if (mode.equals("testcontainers")) {
            return Containers.start(major, SETTINGS);
        }
        if (!mode.equals("embedded")) {
            throw new IllegalArgumentException(
                    "-Dpostgres=" + mode + ": embedded, testcontainers or external:url[,url] are known");
        }
        try {
            return Server.of(PgCluster.open(major, EMBEDDED));
        } catch (IOException e) {
            throw new CompletionException("PostgreSQL " + major + " as " + role, e);
        }
    }

    private static Server start(Path home) {
        try {
            return Server.of(PgCluster.open(home, EMBEDDED));
        } catch (IOException e) {
            throw new CompletionException("PostgreSQL in " + home, e);
        }
    }

    /** A server that runs already; it is left running. */
    private Server external(String role, int major) {
        if (major != major(role)) {
            throw new TestAbortedException("this test wants PostgreSQL " + major + ", the server was given");
        }
        var urls = mode.substring(EXTERNAL.length()).split(",");
        var url = role.equals("provider") ? urls[0] : urls[urls.length - 1];
        var known = org.postgresql.Driver.parseURL(url, null);
        if (known == null) {
            throw new IllegalArgumentException("-Dpostgres=external: takes JDBC URLs of PostgreSQL");
        }
        return new Server(
                PGProperty.PG_HOST.getOrDefault(known),
                Integer.parseInt(PGProperty.PG_PORT.getOrDefault(known)),
                PGProperty.USER.getOrDefault(known),
                PGProperty.PASSWORD.getOrDefault(known),
                null,
                () -> {});
    }

    private static Server result(CompletableFuture<Server> server) {
        try {
            return server.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TestAbortedException aborted) {
                throw aborted;
            }
            throw e;
        }
    }
}
