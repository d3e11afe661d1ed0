package io.londiste.db;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Has a pool's connection not be asked again whether it lives when it was a moment ago: a batch borrows half a dozen
 * times, and to ask is a round trip each. One that dies within that moment fails in its user's hands, as it also can
 * right after it was asked.
 */
final class RecentlyValidated implements InvocationHandler {
    private static final long NANOS = Duration.ofSeconds(1).toNanos();

    private final Connection connection;
    private long asked = System.nanoTime();

    private RecentlyValidated(Connection connection) {
        this.connection = connection;
    }

    static Connection in(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                RecentlyValidated.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new RecentlyValidated(connection));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("isValid")) {
            return isValid((int) arguments[0]);
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private boolean isValid(int timeout) throws SQLException {
        if (System.nanoTime() - asked < NANOS) {
            return !connection.isClosed();
        }
        boolean valid = connection.isValid(timeout);
        asked = System.nanoTime();
        return valid;
    }
}
