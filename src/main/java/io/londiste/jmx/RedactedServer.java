package io.londiste.jmx;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The MBean server that remote clients use. It hides the JVM's options and system properties, since these may contain
 * passwords, of key stores for example, that users with read-only access must not see, and it knows who makes a change.
 */
final class RedactedServer implements InvocationHandler {
    private static final String RUNTIME = "java.lang:type=Runtime";
    private static final Set<String> HIDDEN = Set.of("SystemProperties", "InputArguments");

    private static final Set<String> CHANGING =
            Set.of("invoke", "setAttribute", "setAttributes", "createMBean", "unregisterMBean");
    private static final Pattern READING = Pattern.compile("(?:dump|get|has|is|list|find|browse)(?:\\p{Lu}.*|$)");

    private final MBeanServer server;
    private final Supplier<Caller> callers;

    private RedactedServer(MBeanServer server, Supplier<Caller> callers) {
        this.server = server;
        this.callers = callers;
    }

    /** @param callers finds who calls in the current thread */
    static MBeanServer of(MBeanServer server, Supplier<Caller> callers) {
        return (MBeanServer) Proxy.newProxyInstance(
                RedactedServer.class.getClassLoader(),
                new Class<?>[] {MBeanServer.class},
                new RedactedServer(server, callers));
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
            return CHANGING.contains(method.getName())
                    ? Audit.as(callers.get(), () -> change(method, passed))
                    : method.invoke(server, passed);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Our MBeans record their changes themselves. */
    private Object change(Method method, Object[] arguments) throws ReflectiveOperationException {
        var target = arguments[method.getName().equals("createMBean") ? 1 : 0];
        boolean ours = target instanceof ObjectName name && Audit.isOurs(name);
        var what = method.getName().equals("invoke") ? (String) arguments[1] : method.getName();
        if (!ours && !READING.matcher(what).matches()) {
            Audit.begun(what + " of " + target);
        }
        return method.invoke(server, arguments);
    }

    private static boolean isRuntime(ObjectName name) {
        return name != null && name.getCanonicalName().equals(RUNTIME);
    }
}
