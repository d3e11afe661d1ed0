package io.londiste.db;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A pooled connection that is not validated again if it was less than {@link Timeouts#PING_INTERVAL} ago: a batch borrows
 * about six connections, and each validation is a round trip. A connection that breaks within that time fails when it is
 * used, which can also happen right after a validation.
 */
final class RecentlyValidated implements InvocationHandler {
    private final Connection connection;
    private long validated = System.nanoTime();

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
        if (System.nanoTime() - validated < Timeouts.PING_INTERVAL.toNanos()) {
            return !connection.isClosed();
        }
        boolean valid = connection.isValid(timeout);
        validated = System.nanoTime();
        return valid;
    }
}
