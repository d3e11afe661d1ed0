package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.test.Db;
import io.londiste.test.DebianPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A provider with the original PgQ that a dump has brought to a cluster with smaller transaction ids. */
class MovedQueueIT {
    private Db db;
    private PgqClient client;

    @BeforeEach
    void install() throws SQLException {
        db = DebianPostgres.database();
        db.sql("create extension pgq");
        client = new PgqClient(db.dataSource());
        client.createQueue("q");
        client.registerConsumer("q", "c");
        db.sql("select pgq.insert_event('q', 't', 'd')");
        client.tickNow("q");
    }

    @AfterEach
    void close() throws Exception {
        if (db != null) {
            db.close();
        }
    }

    @Test
    void ticksAheadOfTheServersTransactionIdsAreNotRead() throws SQLException {
        db.sql("update pgq.tick set tick_snapshot = '9000000:9000000:'");

        assertThatThrownBy(() -> client.nextBatch("q", "c", 100, TickLimit.NONE))
                .isInstanceOf(PgqException.class)
                .hasMessageContaining("queue q")
                .hasMessageContaining("another cluster");
        assertThat(db.number("select count(sub_batch) from pgq.subscription"))
                .as("no batch is open")
                .isZero();
    }

    @Test
    void ticksOfTheServerAreRead() throws SQLException {
        assertThat(client.nextBatch("q", "c", 100, TickLimit.NONE)).isPresent();
    }
}
