package io.londiste.daemon;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Handles and sends signals. The JDK's class for signal handlers exists in every JDK but is not public API, and the
 * compiler warns about each use; therefore it is accessed by reflection.
 */
final class Signals {
    private Signals() {}

    /**
     * Runs the action in its own thread for each of these signals. Returns false if the process was started with the signal
     * ignored, as a shell does for background jobs of a script and nohup for its command: Java keeps that.
     */
    static boolean on(Signal name, Runnable action) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler invocation = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                default -> name.written();
            };
            var before = signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance(name.name()),
                            Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, invocation));
            return before != handler.getField("SIG_IGN").get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name.written() + " cannot be handled here", e);
        }
    }

    /**
     * Sends a signal to another process; returns false if there is no such process or this user may not signal it. By the shell,
     * because small systems lack the program {@code kill}.
     */
    static boolean send(Signal name, long pid) {
        try {
            return new ProcessBuilder("sh", "-c", "kill -$0 $1", name.name(), Long.toString(pid))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (java.io.IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
