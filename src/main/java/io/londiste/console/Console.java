package io.londiste.console;

import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The web console of a daemon, if its INI file wants one. Only then is a web server loaded.
 *
 * <p>It outlives the routes that it shows: they may stop and start again below it.
 */
public final class Console implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);

    /** Who is there at first. */
    public static final String FIRST_USER = "operator";

    private final Settings settings;
    private final AutoCloseable server;
    private final URI uri;

    private Console(Settings settings, AutoCloseable server, URI uri) {
        this.settings = settings;
        this.server = server;
        this.uri = uri;
    }

    /**
     * Starts the console, with a first user if there are none yet.
     *
     * @param terminal is told the first user's password, which is kept nowhere; null if nobody would see it
     * @throws LondisteException if it cannot be served; the message names the key
     */
    public static Console start(Settings settings, Consumer<String> terminal) {
        if (settings.console() == null) {
            return new Console(settings, () -> {}, null);
        }
        var users = new Users(settings.consoleUsersFile());
        if (!users.exists() && terminal != null) {
            addFirst(users, terminal);
        }
        if (users.all().isEmpty()) {
            LOG.warn("console: nobody may sign in yet; add a user to {} by user add", users.file());
        }
        var server = new ConsoleServer(settings.console(), users);
        var uri = server.start();
        LOG.info("Console at {}", uri);
        warnOfOpenness(settings.console());
        return new Console(settings, server, uri);
    }

    private static void addFirst(Users users, Consumer<String> terminal) {
        var password = Users.randomPassword();
        users.add(FIRST_USER, Role.OPERATOR, password);
        terminal.accept("The console's first user is " + FIRST_USER + ", with password " + new String(password));
    }

    private static void warnOfOpenness(InetSocketAddress address) {
        if (!Hosts.isLoopback(address)) {
            LOG.warn(
                    "console: {} can be reached from other machines, and passwords go to it unencrypted;"
                            + " let a reverse proxy with TLS stand before it",
                    Hosts.written(address));
        }
    }

    /** The console for other settings: this one if it is the same by them; otherwise this one is closed. */
    public Console as(Settings fresh, Consumer<String> terminal) {
        boolean same = fresh.console() == null
                ? uri == null
                : fresh.console().equals(settings.console())
                        && fresh.consoleUsersFile().equals(settings.consoleUsersFile());
        if (same) {
            return this;
        }
        close();
        try {
            return start(fresh, terminal);
        } catch (LondisteException e) {
            LOG.error("{}; the console stays as it was", e.getMessage());
            return start(settings, terminal);
        }
    }

    /** Where a browser finds it; null if there is none. */
    public URI uri() {
        return uri;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception e) {
            LOG.warn("console: does not end: {}", e.getMessage(), e);
        }
    }
}
