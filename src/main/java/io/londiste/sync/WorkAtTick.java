package io.londiste.sync;

import java.sql.Connection;
import java.sql.SQLException;

/** Work on two connections that see their databases as of the same tick. */
@FunctionalInterface
public interface WorkAtTick<T> {
    T run(Connection provider, Connection subscriber) throws SQLException;
}
