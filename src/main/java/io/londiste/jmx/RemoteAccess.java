package io.londiste.jmx;

import io.londiste.config.Jmx;
import io.londiste.config.Key;
import io.londiste.config.Settings;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.rmi.NoSuchObjectException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIClientSocketFactory;
import java.rmi.server.RMIServerSocketFactory;
import java.rmi.server.RemoteServer;
import java.rmi.server.ServerNotActiveException;
import java.rmi.server.UnicastRemoteObject;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXPrincipal;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnection;
import javax.management.remote.rmi.RMIConnectorServer;
import javax.management.remote.rmi.RMIJRMPServerImpl;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocketFactory;
import javax.rmi.ssl.SslRMIClientSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access to a daemon's MBeans from other processes: RMI on one port of one address, with the JDK's password and access
 * files, and optionally TLS.
 */
public final class RemoteAccess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteAccess.class);

    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    /** The classes that a client may send: arguments of operations, names, queries and filters, all of the JDK. */
    private static final String ARGUMENTS = "maxdepth=20;maxarray=100000;java.lang.*;java.math.BigDecimal;"
            + "java.math.BigInteger;java.rmi.MarshalledObject;java.util.*;javax.management.*;"
            + "javax.management.openmbean.*;javax.management.remote.*;javax.management.relation.*;javax.security.auth.*;!*";

    private static final String CREDENTIALS = "java.lang.String;!*";

    /** The host that stubs connect to. The default is an address of the machine on which this server does not listen. */
    private static final String HOSTNAME = "java.rmi.server.hostname";

    /** The classes that may be bound in the registry by other processes: none, not even by users of the same machine. */
    private static final String REGISTRY_FILTER = "sun.rmi.registry.registryFilter";

    private final Registry registry;
    private final JMXConnectorServer server;

    private RemoteAccess(Registry registry, JMXConnectorServer server) {
        this.registry = registry;
        this.server = server;
    }

    /**
     * Opens the access that the settings configure; null if they configure none.
     *
     * @throws LondisteException if a file is missing, the password file is readable by others, or the address cannot be used
     */
    public static RemoteAccess open(Settings settings) {
        var jmx = settings.jmx();
        if (!jmx.isOn()) {
            return null;
        }
        require(settings, Key.JMX_PASSWORD_FILE, jmx.passwordFile(), "operator SECRET");
        require(settings, Key.JMX_ACCESS_FILE, jmx.accessFile(), "operator readwrite");
        requireOnlyOwner(jmx.passwordFile());
        if (jmx.tls() && System.getProperty("javax.net.ssl.keyStore") == null) {
            throw new LondisteException(settings.file() + ": jmx_tls: there is no key store; set JAVA_OPTS to"
                    + " -Djavax.net.ssl.keyStore=FILE -Djavax.net.ssl.keyStorePassword=SECRET");
        }
        try {
            return open(jmx);
        } catch (IOException e) {
            throw new LondisteException(
                    settings.file() + ": jmx: cannot listen at " + written(jmx) + ": " + Causes.root(e), e);
        }
    }

    private static String written(Jmx jmx) {
        return jmx.address().getHostString() + ":" + jmx.address().getPort();
    }

    private static void require(Settings settings, Key key, Path file, String line) {
        var place = settings.file() + ": " + key.written() + ": ";
        if (file == null) {
            throw new LondisteException(place + "has to be set for jmx; create a file with a line such as: " + line);
        }
        if (!Files.isReadable(file)) {
            throw new LondisteException(place + "cannot be read: " + file);
        }
    }

    private static void requireOnlyOwner(Path file) {
        try {
            if (!OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
                throw new LondisteException(file + " can be read by others than its owner; run: chmod 600 " + file);
            }
        } catch (UnsupportedOperationException e) {
            LOG.debug("The file system has no POSIX permissions", e);
        } catch (IOException e) {
            throw new LondisteException(file + ": its permissions cannot be read: " + e.getMessage(), e);
        }
    }

    private static RemoteAccess open(Jmx jmx) throws IOException {
        var address = new InetSocketAddress(
                jmx.address().getHostString().replaceAll("[\\[\\]]", ""),
                jmx.address().getPort());
        if (address.isUnresolved()) {
            throw new IOException("no such host");
        }
        if (!address.getAddress().isAnyLocalAddress()) {
            System.setProperty(HOSTNAME, address.getHostString());
        }
        System.setProperty(REGISTRY_FILTER, Objects.requireNonNullElse(System.getProperty(REGISTRY_FILTER), "!*"));
        RMIClientSocketFactory clients = jmx.tls() ? new SslRMIClientSocketFactory() : null;
        var sockets = new BoundSockets(address.getAddress(), jmx.tls());
        var registry = LocateRegistry.createRegistry(address.getPort(), clients, sockets);
        try {
            var environment = environment(jmx);
            var exported = new LoggedServer(address.getPort(), clients, sockets, environment, jmx.accessFile());
            var server = new RMIConnectorServer(
                    new JMXServiceURL("rmi", address.getHostString(), address.getPort()),
                    environment,
                    exported,
                    RedactedServer.of(ManagementFactory.getPlatformMBeanServer(), () -> caller(jmx.accessFile())));
            server.start();
            registry.rebind("jmxrmi", exported.toStub());
            LOG.info("JMX clients can connect at {}{}", written(jmx), jmx.tls() ? " with TLS" : "");
            return new RemoteAccess(registry, server);
        } catch (IOException | RuntimeException e) {
            UnicastRemoteObject.unexportObject(registry, true);
            throw e;
        }
    }

    private static Map<String, Object> environment(Jmx jmx) {
        return Map.of(
                "jmx.remote.x.password.file",
                jmx.passwordFile().toString(),
                "jmx.remote.x.access.file",
                jmx.accessFile().toString(),
                "jmx.remote.x.password.toHashes",
                "true",
                RMIConnectorServer.CREDENTIALS_FILTER_PATTERN,
                CREDENTIALS,
                RMIConnectorServer.SERIAL_FILTER_PATTERN,
                ARGUMENTS);
    }

    /** Creates server sockets on one address. RMI shares a port between equal factories. */
    private record BoundSockets(InetAddress address, boolean tls) implements RMIServerSocketFactory {
        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            var factory = tls ? SSLServerSocketFactory.getDefault() : ServerSocketFactory.getDefault();
            return factory.createServerSocket(port, 0, address);
        }
    }

    /** The user for whom the current thread works. */
    private static Caller caller(Path accessFile) {
        var subject = CurrentSubject.get();
        var name = subject == null
                ? ""
                : subject.getPrincipals(JMXPrincipal.class).stream()
                        .map(JMXPrincipal::getName)
                        .findFirst()
                        .orElse("");
        return caller(name, accessFile);
    }

    private static Caller caller(String name, Path accessFile) {
        return new Caller(name, role(name, accessFile), client(), "JMX");
    }

    /** What the access file allows the user: readonly or readwrite; empty if that is not known. */
    private static String role(String name, Path accessFile) {
        var roles = new Properties();
        try (var file = Files.newBufferedReader(accessFile)) {
            roles.load(file);
        } catch (IOException e) {
            LOG.debug("{} cannot be read", accessFile, e);
        }
        return roles.getProperty(name, "").strip().split("\\s+", 2)[0];
    }

    private static String client() {
        try {
            return RemoteServer.getClientHost();
        } catch (ServerNotActiveException e) {
            return "this process";
        }
    }

    /** Records logins, and slows down those that fail. */
    private static final class LoggedServer extends RMIJRMPServerImpl {
        private final LoginLimit limit = new LoginLimit();
        private final Path accessFile;

        LoggedServer(
                int port,
                RMIClientSocketFactory clients,
                RMIServerSocketFactory sockets,
                Map<String, Object> environment,
                Path accessFile)
                throws IOException {
            super(port, clients, sockets, environment);
            this.accessFile = accessFile;
        }

        @Override
        public RMIConnection newClient(Object credentials) throws IOException {
            var caller = caller(name(credentials), accessFile);
            try {
                long wait = limit.attempt(caller.address());
                if (wait > 0) {
                    throw new SecurityException("too many failed logins; wait " + wait + " s before the next");
                }
                var connection = super.newClient(credentials);
                limit.succeeded(caller.address());
                Audit.signedIn(caller);
                return connection;
            } catch (SecurityException e) {
                LOG.warn(
                        "JMX: refused a client from {}{}: {}",
                        caller.address(),
                        caller.user().isEmpty() ? "" : ", as " + Audit.printable(caller.user()),
                        Causes.message(e));
                Audit.refused(caller, Causes.message(e));
                throw e;
            }
        }

        /** The name in the credentials of the JDK's clients, which are name and password; empty if they are others. */
        private static String name(Object credentials) {
            return credentials instanceof String[] both && both.length > 0 && both[0] != null ? both[0] : "";
        }
    }

    /** Closes the access and disconnects all clients. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (IOException e) {
            LOG.debug("Closing remote JMX failed", e);
        }
        try {
            UnicastRemoteObject.unexportObject(registry, true);
        } catch (NoSuchObjectException e) {
            LOG.debug("Closing remote JMX failed", e);
        }
    }
}
