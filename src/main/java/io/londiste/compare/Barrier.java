package io.londiste.compare;

import io.londiste.pgq.TickLimit;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Where the replay is to stand still, as a {@link SyncPoint} in some process has written it on the subscriber. */
public final class Barrier implements TickLimit {
    private final String consumer;
    private final DataSource subscriber;

    public Barrier(String consumer, DataSource subscriber) {
        this.consumer = consumer;
        this.subscriber = subscriber;
    }

    @Override
    public long lastTick() throws SQLException {
        try (Connection connection = subscriber.getConnection();
                PreparedStatement statement = connection.prepareStatement("select londiste.get_barrier(?)")) {
            statement.setString(1, consumer);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long tick = row.getLong(1);
                return row.wasNull() ? NEVER : tick;
            }
        }
    }
}
