package io.londiste.console;

import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The web console of a daemon. A web server is loaded only if the INI file enables the console.
 *
 * <p>It keeps running while the daemon's routes are stopped and started again.
 */
public final class Console implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);

    /** The name of the user that is created if there is no users file. */
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
     * Starts the console if the settings enable it. Adds a first user if there is no users file yet.
     *
     * @param terminal receives the first user's password, which is stored nowhere; null if there is no terminal, in which
     *     case no user is added
     * @throws LondisteException if the console cannot be started; the message names the key
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
            LOG.warn(
                    "console: there are no users, so nobody can sign in; add a user to {} with the command user add",
                    users.file());
        }
        var server = new ConsoleServer(settings.console(), users);
        var uri = server.start();
        LOG.info("Console at {}", uri);
        warnIfExposed(settings.console());
        return new Console(settings, server, uri);
    }

    private static void addFirst(Users users, Consumer<String> terminal) {
        var password = Users.randomPassword();
        users.add(FIRST_USER, Role.OPERATOR, password);
        terminal.accept("The console's first user is " + FIRST_USER + ", with password " + new String(password));
    }

    private static void warnIfExposed(InetSocketAddress address) {
        if (!Hosts.isLoopback(address)) {
            LOG.warn(
                    "console: {} can be reached from other machines, and passwords are sent to it unencrypted;"
                            + " put a reverse proxy with TLS in front of it",
                    Hosts.written(address));
        }
    }

    /**
     * Switches to fresh settings. Returns this console if they do not change it. Otherwise closes this one and returns a new
     * one, with the previous settings if it cannot be started with the fresh ones, which is logged.
     */
    public Console reload(Settings fresh, Consumer<String> terminal) {
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
            LOG.error("{}; the console keeps its previous settings", e.getMessage());
            return start(settings, terminal);
        }
    }

    /** The address for browsers; null if the console is not enabled. */
    public URI uri() {
        return uri;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception e) {
            LOG.warn("console: cannot be stopped: {}", e.getMessage(), e);
        }
    }
}
