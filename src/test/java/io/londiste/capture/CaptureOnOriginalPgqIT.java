package io.londiste.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.db.SqlState;
import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.DebianPostgres;
import io.londiste.test.PostgresPair;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** Capture into a queue of the original extension, by a role that is no superuser. */
@ExtendWith(PostgresPair.class)
class CaptureOnOriginalPgqIT {
    @Test
    void changesArriveInItsBatches() throws Exception {
        try (Db db = DebianPostgres.database()) {
            db.sql("create extension pgq; select pgq.create_queue('q'); select pgq.register_consumer('q', 'c')");
            db.sql("create table goods (id int primary key, tags text[])");
            var role = db.role("londiste", "login password 'secret'");
            db.sql("grant create on database " + db.name() + " to " + role + "; grant select, trigger on goods to "
                    + role);
            var installer = new Installer(as(db, role));
            assertThat(installer.installPgq()).isFalse();
            installer.installLondisteProvider();

            assertThatThrownBy(() -> add(db, role))
                    .hasMessageContainingAll("role " + role, "may not write events of queue \"q\"", "pgq_admin")
                    .extracting(SqlState::of)
                    .isEqualTo("42501");
            db.sql("grant pgq_admin to " + role);
            add(db, role);
            db.sql(
                    "insert into goods values (1, '{a}'), (2, null); update goods set id = 3 where id = 1; delete from goods where id = 2");
            db.sql("select pgq.force_tick('q'); select pgq.ticker('q')");

            assertThat(db.rows("select left(ev_type::json ->> 'op', 1), ev_data, ev_extra2, ev_extra3"
                            + " from pgq.get_batch_events((select pgq.next_batch('q', 'c')))"))
                    .containsExactly(
                            "I|{\"id\":1,\"tags\":[\"a\"]}|null|(1,{a})",
                            "I|{\"id\":2,\"tags\":null}|null|(2,)",
                            "U|{\"id\":3,\"tags\":[\"a\"]}|{\"id\" : 1}|(3,{a})",
                            "D|{\"id\":2,\"tags\":null}|null|(2,)");

            assertThat(db.rows("set role " + role + "; select severity, problem from londiste.capture_problems('q')"))
                    .as("only an owner can have triggers fire for them")
                    .containsExactly(
                            "risk|sessions with session_replication_role = replica, such as those of logical"
                                    + " subscriptions, are not captured: role " + role
                                    + " does not own table public.goods; make it a member of the owner, and run provider add again");
        }
    }

    @Test
    void aSnapshotIsATickWithoutRightsOnItsSequences() throws Exception {
        try (Db db = DebianPostgres.database()) {
            db.sql("create extension pgq; select pgq.create_queue('q')");
            var role = db.role("londiste", "login password 'secret'");
            db.sql("grant create on database " + db.name() + " to " + role + "; grant pgq_admin to " + role);
            new Installer(as(db, role)).installLondisteProvider();
            try (var connection = as(db, role).getConnection();
                    var statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                statement.execute("lock table pgq.tick in share row exclusive mode");
                statement.execute("select txid_current_snapshot()");
                db.sql("select pgq.insert_event('q', 'later', '')");
                var tick = statement.executeQuery("select tick_id from londiste.snapshot_tick('q')");
                tick.next();
                long id = tick.getLong(1);
                connection.commit();
                assertThat(db.sql(
                                "select txid_visible_in_snapshot(ev_txid, tick_snapshot) from pgq.event_1, pgq.tick where tick_id = ?",
                                id))
                        .isEqualTo("f");
            }
        }
    }

    private static void add(Db db, String role) throws SQLException {
        try (var connection = as(db, role).getConnection();
                var statement = connection.createStatement()) {
            statement.execute("select londiste.provider_add_table('q', 'goods')");
        }
    }

    private static PGSimpleDataSource as(Db db, String role) {
        var source = (PGSimpleDataSource) db.dataSource();
        source.setUser(role);
        source.setPassword("secret");
        return source;
    }
}
