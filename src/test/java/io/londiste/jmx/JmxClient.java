package io.londiste.jmx;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import javax.rmi.ssl.SslRMIClientSocketFactory;

/** A JMX client as jconsole is one: it does not use the program's classes. */
public final class JmxClient implements AutoCloseable {
    private final JMXConnector connector;
    private final MBeanServerConnection server;

    private JmxClient(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.server = connector.getMBeanServerConnection();
    }

    /**
     * Prints an attribute that it gets by TLS, from a process of its own: which certificates a JVM trusts is settled once.
     *
     * @param arguments port, user, password, name of the MBean, attribute
     */
    public static void main(String... arguments) throws JMException, IOException {
        try (var client = connectByTls(Integer.parseInt(arguments[0]), arguments[1], arguments[2])) {
            System.out.println(client.get(arguments[3], arguments[4]));
        }
    }

    /** A free port of the loopback address. */
    public static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public static JmxClient connect(int port, String user, String password) throws IOException {
        return connect("127.0.0.1", port, Map.of(JMXConnector.CREDENTIALS, new String[] {user, password}));
    }

    private static JmxClient connectByTls(int port, String user, String password) throws IOException {
        var environment = new HashMap<String, Object>();
        environment.put(JMXConnector.CREDENTIALS, new String[] {user, password});
        environment.put("com.sun.jndi.rmi.factory.socket", new SslRMIClientSocketFactory());
        return connect("127.0.0.1", port, environment);
    }

    static JmxClient connect(String host, int port, Map<String, ?> environment) throws IOException {
        var url = "service:jmx:rmi:///jndi/rmi://" + host + ":" + port + "/jmxrmi";
        return new JmxClient(JMXConnectorFactory.connect(new JMXServiceURL(url), environment));
    }

    MBeanServerConnection server() {
        return server;
    }

    public Object get(String name, String attribute) throws JMException, IOException {
        return server.getAttribute(new ObjectName("io.londiste:" + name), attribute);
    }

    public void set(String name, String attribute, Object value) throws JMException, IOException {
        server.setAttribute(new ObjectName("io.londiste:" + name), new Attribute(attribute, value));
    }

    public Set<ObjectName> names(String pattern) throws JMException, IOException {
        return server.queryNames(new ObjectName("io.londiste:" + pattern), null);
    }

    /** Calls the operation of that name, whose parameters are as many. */
    public Object invoke(String name, String operation, Object... arguments) throws JMException, IOException {
        return invoke(new ObjectName("io.londiste:" + name), operation, arguments);
    }

    /** The same on any MBean. */
    public Object invoke(ObjectName bean, String operation, Object... arguments) throws JMException, IOException {
        var signature = Arrays.stream(server.getMBeanInfo(bean).getOperations())
                .filter(each -> each.getName().equals(operation) && each.getSignature().length == arguments.length)
                .findFirst()
                .orElseThrow()
                .getSignature();
        var types = Arrays.stream(signature).map(each -> each.getType()).toArray(String[]::new);
        try {
            return server.invoke(bean, operation, arguments, types);
        } catch (RuntimeMBeanException e) {
            throw e.getTargetException();
        }
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
