package io.londiste.sync;

import io.londiste.db.Jdbc;
import io.londiste.pgq.TickLimit;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The tick at which the replay has to wait, as {@link SyncPoints} in any process has written it on the subscriber. */
public final class Barrier implements TickLimit {
    private final String consumer;
    private final DataSource subscriber;

    public Barrier(String consumer, DataSource subscriber) {
        this.consumer = consumer;
        this.subscriber = subscriber;
    }

    @Override
    public long lastTick() throws SQLException {
        try (var connection = subscriber.getConnection()) {
            return Jdbc.first(
                            connection, "select londiste.get_barrier(?)", row -> row.getObject(1, Long.class), consumer)
                    .orElse(NEVER);
        }
    }
}
