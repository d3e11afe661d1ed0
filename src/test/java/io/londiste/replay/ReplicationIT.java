package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.ReplicationFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** The whole way from a write on the provider to a row on the subscriber. */
class ReplicationIT extends ReplicationFixture {
    private static final String TABLES = """
            create table parent (id int primary key, name text unique, price numeric);
            create table child (id int generated always as identity primary key,
              parent int references parent on delete cascade on update cascade, note jsonb, tags text[]);
            create table pair (a int, b text, v text, primary key (a, b));
            """;

    @BeforeEach
    void install() {
        onBoth(TABLES);
    }

    private void assertEqual() {
        assertEqual("parent", "child", "pair");
    }

    @Test
    void copiesWhatIsThereAndReplaysWhatComes() {
        provider.sql(
                "insert into parent select i, 'name ' || i, i * 1.10 from generate_series(1, 500) i;"
                        + "insert into child (parent, note, tags) select i, '{\"n\": null}', array['a', null, 'b,c'] from generate_series(1, 500) i");
        job.add("parent", "child", "pair").start().awaitOk();
        assertEqual();

        provider.sql("insert into pair values (1, 'x', 'y'), (1, 'y', null);"
                + "update parent set price = price + 1 where id <= 10;"
                + "delete from parent where id between 11 and 20;"
                + "insert into child (parent, note) values (1, 'null'), (2, null);"
                + "update pair set b = 'z' where b = 'x'");
        job.awaitReplay();

        assertEqual();
        assertThat(provider.number("select count(*) from child")).isEqualTo(492);
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    @Test
    void followsKeysThatMoveAndForeignKeysThatAct() {
        job.add("parent", "child").start().awaitOk();
        provider.sql("insert into parent values (1, 'a', 1), (2, 'b', 2), (3, 'c', null);"
                + "insert into child (parent) values (1), (1), (2), (3)");
        job.awaitReplay();

        provider.sql("update parent set id = id + 10; delete from parent where id = 12;"
                + "insert into parent values (2, 'b', 3); update parent set name = 'x' where id = 13;"
                + "insert into parent values (14, 'c', 4)");
        job.awaitReplay();

        assertEqual();
        assertThat(subscriber.sql("select string_agg(parent::text, ',' order by id) from child"))
                .isEqualTo("11,11,13");
    }

    @Test
    void truncatesTablesThatBelongTogether() {
        job.add("parent", "child", "pair").start();
        provider.sql(
                "insert into parent values (1, 'a', 1); insert into child (parent) values (1); insert into pair values (1, 'a', 'b')");
        job.awaitOk().awaitReplay();
        assertEqual();

        provider.sql("truncate parent, child; insert into parent values (5, 'e', 5)");
        job.awaitReplay();

        assertEqual();
        assertThat(subscriber.number("select count(*) from parent")).isEqualTo(1);
        assertThat(subscriber.number("select count(*) from pair")).isEqualTo(1);
    }

    @Test
    void aTruncateTakesNoRowsOfOtherReplicatedTablesWithIt() {
        String note = "create table note (id int primary key, parent int%s)";
        provider.sql(note.formatted(""));
        subscriber.sql(note.formatted(" references parent on delete cascade"));
        provider.sql(
                "insert into parent select i from generate_series(1, 10) i; insert into note select id, id from parent");
        job.add("parent", "child", "pair", "note").start().awaitOk();
        awaitForeignKeys(2);

        provider.sql("truncate parent, child; insert into parent select i from generate_series(1, 10) i");
        job.awaitReplay();

        assertEqual();
        assertThat(subscriber.number("select count(*) from note")).isEqualTo(10);
        awaitForeignKeys(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "begin; select from pair",
                "begin; lock table pair in share mode",
                "begin; select from pair where a = 1 for update"
            })
    void aSessionOnTheSubscriberHoldsUpOnlyTheTableThatItLocks(String lock) throws SQLException {
        provider.sql("insert into pair values (1, 'a', 'old')");
        job.add("parent", "child", "pair").start().awaitOk();
        try (Connection session = subscriber.connect();
                Statement statement = session.createStatement()) {
            statement.execute(lock);
            provider.sql(lock.endsWith("pair") ? "truncate pair" : "update pair set v = 'new'");
            provider.sql("insert into parent values (1, 'others continue', 1)");

            Awaitility.await().until(() -> subscriber.number("select count(*) from parent") == 1);
            Awaitility.await().untilAsserted(() -> assertThat(subscriber.sql(
                            "select reason from londiste.subscriber_table where table_name = 'public.pair'"))
                    .contains("no lock within 2 s, held by pid "
                            + session.unwrap(PGConnection.class).getBackendPID()));
        }
        job.awaitOk().awaitReplay();
        assertEqual();
    }

    @Test
    void manyRowsThatBreakAForeignKeyWaitUntilItIsFixed() {
        subscriber.sql("insert into parent select i from generate_series(1, 200, 2) i");
        provider.sql("insert into parent select generate_series(1, 200)");
        job.add("child", "pair").start().awaitOk();

        provider.sql("insert into child (parent) select 1 + i * 7 % 200 from generate_series(1, 3000) i;"
                + "update child set parent = 1 where id % 10 = 0; delete from child where id % 10 = 1;"
                + "insert into pair values (1, 'others go on', null)");
        Awaitility.await().until(() -> subscriber.number("select count(*) from pair") == 1);
        assertThat(subscriber.sql("select reason from londiste.subscriber_table where table_name = 'public.child'"))
                .contains("(table public.parent is not replicated here");

        subscriber.sql("insert into parent select i from generate_series(2, 200, 2) i");
        job.awaitOk().awaitReplay();

        assertEqual();
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    private void awaitForeignKeys(int count) {
        Awaitility.await("foreign keys")
                .until(() -> subscriber.number("select count(*) from pg_constraint where contype = 'f'") == count);
    }

    @Test
    void restoresForeignKeys() {
        job.add("parent", "child").start().awaitOk();

        awaitForeignKeys(1);
        assertThat(subscriber.number("select count(*) from londiste.subscriber_pending_fkeys"))
                .isZero();
    }

    @Test
    void triggersThatChangeTheSameTableHaveTheLastWord() {
        String table = "create table node (id int primary key, next int, touched int default 0, note text)";
        provider.sql(table);
        subscriber.sql(table);
        provider.sql("""
                create function settle() returns trigger language plpgsql as $$
                begin
                  if pg_trigger_depth() = 1 then
                    if tg_op = 'DELETE' then
                      update node set touched = touched + 10 where next = old.id;
                    else
                      update node set touched = touched + 1, note = new.note || '!' where id in (new.id, new.next);
                      delete from node where id = new.next and new.note = 'remove next';
                    end if;
                  end if;
                  return null;
                end $$;
                create trigger settle after insert or update or delete on node for each row execute function settle()
                """);
        job.add("node").start().awaitOk();

        provider.sql("insert into node values (1, 2, 0, 'a'), (2, 3, 0, 'b'), (3, 1, 0, 'c'), (4, 4, 0, 'd')");
        provider.sql("update node set note = 'e', next = 4 where id < 3");
        provider.sql(
                "update node set note = 'remove next', next = 2 where id = 1; update node set id = 10 where id = 3");
        provider.sql("delete from node where id = 4; insert into node values (4, 1, 5, 'again')");
        job.awaitReplay();

        String rows = "select node::text from node order by id";
        assertThat(subscriber.rows(rows)).isEqualTo(provider.rows(rows)).hasSize(3);
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    @Test
    void aTableComesWithTheRowsOfThoseThatInheritFromIt() {
        String tables =
                "create table base (id int primary key, v text); create table heir (primary key (id)) inherits (base)";
        provider.sql(tables + "; insert into base values (1, 'a'); insert into heir values (2, 'b'), (3, 'c')");
        subscriber.sql(tables + "; insert into heir values (9, 'old')");
        job.add("base").start().awaitOk();
        String rows = "select id, v from base order by id";
        assertThat(subscriber.rows(rows)).isEqualTo(provider.rows(rows)).hasSize(3);

        provider.sql(
                "update base set v = v || '!' where id > 1; delete from heir where id = 3; insert into heir values (4, 'd')");
        job.awaitReplay();

        assertThat(subscriber.rows(rows)).isEqualTo(provider.rows(rows)).hasSize(3);
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    @Test
    void truncateAndNewIdentitiesWaitForDeferredChecksOfTheSameBatch() {
        String tables = """
                create table owner (id int primary key);
                create table pet (id int primary key, owner int references owner deferrable initially deferred);
                create table uq (id int generated always as identity primary key, u int unique deferrable initially deferred);
                create table other (id int primary key)""";
        provider.sql(tables);
        subscriber.sql(tables);
        job.add("owner", "pet", "uq", "other").start().awaitOk();
        job.stop();

        provider.sql("insert into owner values (1); insert into uq (u) values (1), (2); insert into other values (1)");
        provider.sql("insert into pet values (1, 1)");
        provider.sql("truncate pet");
        provider.sql("insert into pet values (2, 1)");
        provider.sql("update uq set u = 3 - u");
        provider.sql("update uq set id = default where u = 1");
        provider.sql("update uq set u = 3 - u");
        provider.sql("truncate uq");
        provider.sql("insert into uq (u) values (9)");
        // the check of this pet is still to fail when the other table is emptied
        provider.sql("begin; insert into pet values (3, 99); truncate other; insert into owner values (99);"
                + " insert into other values (2); commit");
        job.start().awaitReplay();

        for (String table : List.of("owner", "pet", "uq", "other")) {
            String rows = "select t::text from " + table + " t order by 1";
            assertThat(subscriber.rows(rows)).isEqualTo(provider.rows(rows)).isNotEmpty();
        }
        assertThat(job.states()).containsOnly("ok");
    }

    @Test
    void rowsWhoseDeferrableKeysChangePlacesStayThemselves() {
        String table = "create table place (id int primary key deferrable initially deferred, who text)";
        provider.sql(table);
        subscriber.sql(table);
        job.add("place").start().awaitOk();

        provider.sql("insert into place values (1, 'a'), (2, 'b'), (3, 'c')");
        provider.sql("update place set id = 3 - id where id < 3");
        provider.sql("update place set id = id + 1");
        provider.sql("begin; update place set id = 3 where who = 'b'; update place set id = 2 where who = 'a'; commit");
        job.awaitReplay();

        String rows = "select place::text from place order by id";
        assertThat(subscriber.rows(rows)).isEqualTo(provider.rows(rows)).hasSize(3);
    }
}
