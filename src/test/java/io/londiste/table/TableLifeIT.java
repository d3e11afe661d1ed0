package io.londiste.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.change.TableName;
import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Subscriber;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The transitions of a table's state, each from where it is allowed and from elsewhere. */
@ExtendWith(PostgresPair.class)
class TableLifeIT {
    private static final TableName T = TableName.parse("public.t");

    private final TableLife life = new TableLife("queue");
    private final SubscribedTables tables = new SubscribedTables("queue");
    private Db db;
    private Connection connection;

    @BeforeEach
    void addTable(@Subscriber Db db) throws SQLException {
        this.db = db;
        new Installer(db.dataSource()).installLondisteSubscriber();
        db.sql("create table t (id int primary key); select londiste.subscriber_add_table('queue', 't')");
        connection = db.connect();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private SubscribedTable table() throws SQLException {
        return tables.find(connection, T).orElseThrow();
    }

    private SubscribedTable set(String state, String reason) throws SQLException {
        db.sql("update londiste.subscriber_table set merge_state = ?, reason = ?", state, reason);
        return table();
    }

    private String state() {
        return db.sql("select coalesce(merge_state, 'NEW'), reason from londiste.subscriber_table");
    }

    @Test
    void aTableGoesFromNewToOk() throws SQLException {
        assertThat(life.startCopy(connection, table())).isTrue();
        assertThat(state()).isEqualTo("in-copy|null");
        assertThat(life.copied(connection, T)).isTrue();
        assertThat(state()).isEqualTo("catching-up|null");
        assertThat(life.wantsSync(connection, table(), 7)).isTrue();
        assertThat(state()).isEqualTo("wanna-sync:7|null");
        assertThat(life.meetsAt(connection, table(), 9)).isTrue();
        assertThat(state()).isEqualTo("do-sync:9|null");
        assertThat(life.inSync(connection, T, 8)).isFalse();
        assertThat(life.inSync(connection, T, 9)).isTrue();
        assertThat(state()).isEqualTo("ok|null");
        assertThat(life.leaveReplay(connection, T, "refused")).isTrue();
        assertThat(state()).isEqualTo("catching-up|refused");
        assertThat(life.restart(connection, table())).isTrue();
        assertThat(state()).isEqualTo("NEW|null");
        assertThat(life.assumeInSync(connection, T)).isTrue();
        assertThat(state()).isEqualTo("ok|null");
    }

    @Test
    void aTransitionFromAnotherStateDoesNothing() throws SQLException {
        SubscribedTable ok = set("ok", null);
        assertThat(life.startCopy(connection, ok)).isFalse();
        assertThat(life.copied(connection, T)).isFalse();
        assertThat(life.wantsSync(connection, ok, 7)).isFalse();
        assertThat(life.meetsAt(connection, ok, 7)).isFalse();
        assertThat(life.waitsAgain(connection, ok)).isFalse();
        assertThat(life.fallsBehind(connection, ok)).isFalse();
        assertThat(life.inSync(connection, T, 7)).isFalse();
        assertThat(life.assumeInSync(connection, T)).isFalse();
        assertThat(life.stop(connection, ok, "no")).isFalse();
        set("do-sync:7", null);
        assertThat(life.leaveReplay(connection, T, "no")).isFalse();
        assertThat(state()).isEqualTo("do-sync:7|null");
    }

    @Test
    void aTransitionDoesNothingIfAnotherSessionWasFaster() throws SQLException {
        SubscribedTable before = set("wanna-sync:7", null);
        db.sql("select londiste.subscriber_remove_table('queue', 't')");
        assertThat(life.meetsAt(connection, before, 9)).isFalse();
        db.sql("select londiste.subscriber_add_table('queue', 't')");
        assertThat(life.meetsAt(connection, before, 9)).isFalse();
        assertThat(state()).isEqualTo("NEW|null");
    }

    @Test
    void theReplayKeepsTheReasonOfATableThatIsStoppedAndTheTableItselfClearsIt() throws SQLException {
        assertThat(life.meetsAt(connection, set("wanna-sync:7", "slow"), 9)).isTrue();
        assertThat(state()).isEqualTo("do-sync:9|slow");
        assertThat(life.waitsAgain(connection, table())).isTrue();
        assertThat(state()).isEqualTo("wanna-sync:9|slow");
        assertThat(life.fallsBehind(connection, set("do-sync:9", "slow"))).isTrue();
        assertThat(state()).isEqualTo("catching-up|slow");
        assertThat(life.stop(connection, table(), "slower")).isTrue();
        assertThat(state()).isEqualTo("catching-up|slower");
        assertThat(life.wantsSync(connection, table(), 11)).isTrue();
        assertThat(state()).isEqualTo("wanna-sync:11|null");
    }

    @Test
    void thereAreNoOtherStates() {
        for (String state : new String[] {"", "new", "wanna-sync", "do-sync:x", "OK", "ok "}) {
            assertThatThrownBy(() -> db.sql("select londiste.set_state('queue', 't', null, ?, null)", state))
                    .hasStackTraceContaining("no such table state: " + state);
        }
    }
}
