package io.londiste.jmx;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The MBean server that remote clients use. It hides the JVM's options and system properties, since these may contain
 * passwords, of key stores for example, that users with read-only access must not see.
 */
final class RedactedServer implements InvocationHandler {
    private static final String RUNTIME = "java.lang:type=Runtime";
    private static final Set<String> HIDDEN = Set.of("SystemProperties", "InputArguments");

    private final MBeanServer server;

    private RedactedServer(MBeanServer server) {
        this.server = server;
    }

    static MBeanServer of(MBeanServer server) {
        return (MBeanServer) Proxy.newProxyInstance(
                RedactedServer.class.getClassLoader(), new Class<?>[] {MBeanServer.class}, new RedactedServer(server));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        var passed = arguments == null ? new Object[0] : arguments.clone();
        if (method.getName().startsWith("getAttribute") && isRuntime((ObjectName) passed[0])) {
            if (passed[1] instanceof String[] names) {
                passed[1] = Arrays.stream(names)
                        .filter(name -> !HIDDEN.contains(name))
                        .toArray(String[]::new);
            } else if (HIDDEN.contains((String) passed[1])) {
                throw new SecurityException(passed[1] + " is not shown, since it may contain passwords");
            }
        }
        try {
            return method.invoke(server, passed);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean isRuntime(ObjectName name) {
        return name != null && name.getCanonicalName().equals(RUNTIME);
    }
}
