package io.londiste.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** The events that a statement produces, whatever kind of statement it is. */
@ParameterizedClass
@ValueSource(ints = {13, 15, 18})
class CaptureIT extends CaptureFixture {
    @Test
    void anEventHasTheAgreedForm() {
        capture.table("form", "(id int, \"Part No\" text, n numeric, primary key (id, \"Part No\"))");
        capture.db.sql("insert into form values (1, 'a', 1.50)");
        capture.db.sql("update form set n = n * 2");
        capture.db.sql("update form set id = 2");
        capture.db.sql("delete from form");
        capture.db.sql("truncate form");

        assertThat(capture.db.rows(
                        "select ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4, ev_txid is not null, ev_time <= now()"
                                + " from pgq.event_1 where ev_extra1 = 'public.form' order by ev_id"))
                .containsExactly(
                        type("INSERT") + "|{\"id\":1,\"Part No\":\"a\",\"n\":1.50}|public.form|null|null|null|t|t",
                        type("UPDATE") + "|{\"id\":1,\"Part No\":\"a\",\"n\":3.00}|public.form|null|null|null|t|t",
                        type("UPDATE") + "|{\"id\":2,\"Part No\":\"a\",\"n\":3.00}|public.form|"
                                + "{\"id\" : 1, \"Part No\" : \"a\"}|null|null|t|t",
                        type("DELETE") + "|{\"id\":2,\"Part No\":\"a\",\"n\":3.00}|public.form|null|null|null|t|t",
                        type("TRUNCATE") + "|null|public.form|null|null|null|t|t");
    }

    private static String type(String op) {
        return "{\"op\":\"" + op + "\",\"table\":[\"public\",\"form\"],\"pkey\":[\"id\",\"Part No\"]}";
    }

    @Test
    void statementsOfManyRowsKeepTheirOrder() {
        capture.table("many", "(id int primary key, v int)");
        capture.db.sql("insert into many select i, 0 from generate_series(1, 300) as i");
        capture.db.sql("update many set v = -id");
        capture.db.sql("delete from many where id % 2 = 0");

        assertThat(capture.events("many")).hasSize(750).startsWith("I {\"id\":1,\"v\":0}", "I {\"id\":2,\"v\":0}");
        capture.assertReplayed("many");
    }

    @Test
    void statementsThatTouchNothingAreNoEvents() {
        capture.table("nothing", "(id int primary key)");
        capture.db.sql("insert into nothing select 1 where false");
        capture.db.sql("update nothing set id = 1");
        capture.db.sql("delete from nothing");

        assertThat(capture.events("nothing")).isEmpty();
    }

    @Test
    void upsertsAreInsertsAndUpdates() {
        capture.table("upsert", "(id int primary key, v text unique)");
        capture.db.sql("insert into upsert values (1, 'a'), (2, 'b')");
        capture.db.sql("insert into upsert values (1, 'x'), (3, 'a') on conflict (id) do update set v = excluded.v");
        capture.db.sql("insert into upsert values (1, 'y'), (4, 'z') on conflict do nothing");

        assertThat(capture.events("upsert"))
                .containsExactly(
                        "I {\"id\":1,\"v\":\"a\"}",
                        "I {\"id\":2,\"v\":\"b\"}",
                        "U {\"id\":1,\"v\":\"x\"}",
                        "I {\"id\":3,\"v\":\"a\"}",
                        "I {\"id\":4,\"v\":\"z\"}");
        capture.assertReplayed("upsert");
    }

    @Test
    void mergeMayReuseTheKeyOfARowItDeletes() {
        assumeThat(major).as("MERGE").isGreaterThanOrEqualTo(15);
        capture.table("merged", "(id int primary key, v text)");
        capture.db.sql("insert into merged values (1, 'old'), (2, 'b'), (3, 'c')");
        capture.db.sql("""
                merge into merged using (values (1, 'old', 1), (2, 'b2', 2), (9, 'new', 1), (10, 'x', 10)) as s (ref, v, id)
                   on merged.id = s.ref
                 when matched and s.v = 'old' then delete
                 when matched then update set v = s.v
                 when not matched then insert values (s.id, s.v)
                """);

        assertThat(capture.db.sql("select * from merged order by 1")).isEqualTo("1|new\n2|b2\n3|c\n10|x");
        capture.assertReplayed("merged");
    }

    @Test
    void oneStatementMayTouchATableSeveralTimes() {
        capture.table("cte", "(id int primary key, v int)");
        capture.assertReplays(
                "cte",
                "insert into cte select i, i from generate_series(1, 6) as i",
                "with d as (delete from cte where id in (1, 2) returning id, v) insert into cte select id, v * 10 from d",
                "with u as (update cte set id = id + 100 where id in (3, 4) returning id - 100 as id)"
                        + " insert into cte select id, -1 from (select id from u limit 1) as x",
                "with d as (delete from cte where id = 5), u as (update cte set v = 0 where id = 6)"
                        + " insert into cte values (7, 7)");
    }

    @Test
    void keysMayMoveInACircle() {
        capture.table("circle", "(id int, v text, primary key (id) deferrable)");
        capture.assertReplays(
                "circle",
                "insert into circle values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')",
                "update circle set id = id % 3 + 1 where id <= 3",
                "begin; set constraints all deferred; update circle set id = 4 where v = 'a';"
                        + " update circle set id = 2 where v = 'd'; commit");
    }

    @Test
    void keysMayShift() {
        capture.table("shift", "(id int, v text, primary key (id) deferrable)");
        capture.assertReplays(
                "shift",
                "insert into shift select i, 'v' || i from generate_series(1, 50) as i",
                "update shift set id = id + 1",
                "update shift set id = -id where id % 2 = 0");
    }

    @Test
    void cascadesAreCaptured() {
        capture.table("parent", "(id int primary key, boss int references parent on delete cascade on update cascade)");
        capture.table(
                "child", "(id int primary key, parent int references parent on delete set null on update cascade)");
        capture.db.sql("insert into parent values (1, null), (2, 1), (3, 3)");
        capture.db.sql("insert into child values (1, 1), (2, 2), (3, 3)");
        capture.db.sql("update parent set id = id + 10");
        capture.db.sql("delete from parent where id = 11");

        assertThat(capture.db.sql("select * from parent")).isEqualTo("13|13");
        capture.assertReplayed("parent");
        capture.assertReplayed("child");
    }

    @Test
    void rowsThatTriggersChangeAgainArriveAsTheyAre() {
        capture.table("triggered", "(id int primary key, v int default 0, seen int default 0)");
        capture.db.sql("""
                create function triggered() returns trigger language plpgsql as $$
                begin
                  if tg_op = 'INSERT' and new.id < 100 then
                    update triggered set v = v + 1 where id = new.id;
                    insert into triggered values (new.id + 100);
                  elsif tg_op = 'UPDATE' and new.seen < 2 then
                    update triggered set seen = seen + 1 where id = new.id;
                  elsif tg_op = 'DELETE' and old.id = 3 then
                    insert into triggered values (3, 33);
                  elsif tg_op = 'UPDATE' and new.id = 4 and new.v = 4 then
                    delete from triggered where id = 4;
                  elsif tg_op = 'UPDATE' and new.id = 5 and new.v = 5 then
                    update triggered set id = 55 where id = 5;
                  end if;
                  return null;
                end $$;
                create trigger a_first after insert or update or delete on triggered
                    for each row execute function triggered()
                """);
        capture.assertReplays(
                "triggered",
                "insert into triggered (id) select i from generate_series(1, 8) as i",
                "update triggered set v = v + 10 where id < 3",
                "update triggered set v = v + 10, id = id + 1000 where id in (6, 106)",
                "delete from triggered where id in (3, 103)",
                "update triggered set v = 4 where id = 4",
                "update triggered set v = 4 where id = 4",
                "update triggered set v = 5 where id = 5",
                "update triggered set v = 5 where id = 5",
                "insert into triggered (id) values (1), (9) on conflict (id) do update set v = 50",
                "delete from triggered");
    }

    @Test
    void rowsThatTriggersOfEachOtherChangeArriveAsTheyAre() {
        capture.table("only_one", "(id int primary key, current bool)");
        capture.db.sql("""
                create function only_one() returns trigger language plpgsql as $$
                begin
                  update only_one set current = false where current and id <> new.id;
                  return new;
                end $$;
                create trigger only_one before insert on only_one for each row execute function only_one()
                """);
        capture.db.sql("insert into only_one select i, true from generate_series(1, 5) as i");

        assertThat(capture.db.sql("select id from only_one where current")).isEqualTo("5");
        capture.assertReplayed("only_one");
    }

    @Test
    void functionsInAStatementMayChangeItsTable() {
        var columns = "(id int primary key, v text)";
        var tables =
                List.of("inserted", "parted", "deleted", "defaulted", "updated", "returned", "upserted", "queried");
        for (var table : tables) {
            capture.table(
                    table,
                    table.equals("parted")
                            ? columns + " partition by range (id); create table parted_1 partition of parted default"
                            : columns);
        }
        capture.db.sql("""
                create function f(change text, result text) returns text language plpgsql as
                  $$begin execute change; return result; end$$;
                insert into inserted select i, f('update inserted set v = v || ''+f'' where id = ' || i - 1, 'v' || i)
                  from generate_series(1, 3) i;
                insert into parted select i, f('update parted set v = v || ''+f'' where id = ' || i - 1, 'v' || i)
                  from generate_series(1, 3) i;
                insert into deleted select i, f('delete from deleted where id = ' || i - 1, 'v' || i) from generate_series(1, 3) i;
                alter table defaulted alter v set default f('update defaulted set v = ''closed''', 'open');
                insert into defaulted (id) values (1), (2), (3);
                insert into updated values (1, 'a'), (2, 'b');
                update updated set v = f('update updated set v = ''by f'' where id = ' || id - 1, 'outer');
                insert into returned values (1, 'a'), (2, 'b')
                  returning f('update returned set v = v || ''+r'' where id = ' || id, '');
                with a as (insert into upserted values (50, 'cte') returning id)
                  select f('insert into upserted values (50) on conflict (id) do update set v = ''nested''', id::text) from a;
                create function g(i int) returns text language sql as
                  $$update queried set v = v || '+g' where id = i - 1; select 'v' || i$$;
                insert into queried select i, g(i) from generate_series(1, 3) i;
                """);
        tables.forEach(capture::assertReplayed);
        // such a statement within a function that is called twice, and others after it
        capture.db.sql("""
                create function h(a int) returns void language plpgsql as $$
                begin
                  insert into inserted select i, f('update inserted set v = v || ''+f'' where id = ' || i - 1, 'v' || i)
                    from generate_series(a, a + 2) i;
                  update inserted set v = v || '+h' where id = a;
                end$$;
                begin; select h(10); select h(20); update inserted set v = v || '.'; insert into inserted values (30); commit
                """);
        capture.assertReplayed("inserted");
    }

    @Test
    void whatIsRolledBackIsNoEvent() throws Exception {
        capture.table("rolled", "(id int primary key)");
        try (var connection = capture.db.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert into rolled values (1)");
            var savepoint = connection.setSavepoint();
            statement.execute("insert into rolled values (2)");
            connection.rollback(savepoint);
            statement.execute("insert into rolled values (3)");
            connection.commit();
            statement.execute("insert into rolled values (4)");
            connection.rollback();
        }

        assertThat(capture.events("rolled")).containsExactly("I {\"id\":1}", "I {\"id\":3}");
    }

    @Test
    void severalTablesTruncatedAtOnceAreSeveralEvents() {
        capture.table("trunc_a", "(id int primary key)");
        capture.table("trunc_b", "(id int primary key, a int references trunc_a)");
        capture.table("trunc_c", "(id int primary key)");
        capture.db.sql(
                "insert into trunc_a values (1); insert into trunc_b values (1, 1); insert into trunc_c values (1)");
        capture.db.sql("truncate trunc_c, trunc_a cascade");

        for (var table : new String[] {"trunc_a", "trunc_b", "trunc_c"}) {
            assertThat(capture.events(table)).last().isEqualTo("T");
            capture.assertReplayed(table);
        }
    }

    @Test
    void onlyLocalWorkIsSilent() {
        capture.table("silent", "(id int primary key)");
        capture.db.sql("set session_replication_role = local; insert into silent values (2); truncate silent");

        assertThat(capture.events("silent")).isEmpty();
        capture.db.sql("set session_replication_role = replica; insert into silent values (1); truncate silent");
        assertThat(capture.events("silent")).containsExactly("I {\"id\":1}", "T");
    }

    @Test
    void aClosedQueueRefusesWritesAsPgqDoes() throws IOException {
        try (var other = new CaptureDb(major)) {
            other.table("closed", "(id int primary key)");
            other.db.sql("update pgq.queue set queue_disable_insert = true");
            assertThatThrownBy(() -> other.db.sql("insert into closed values (1)"))
                    .hasMessageContaining("Insert into queue disallowed");
            assertThatThrownBy(() -> other.db.sql("truncate closed"))
                    .hasMessageContaining("Insert into queue disallowed");
        }
    }

    @Test
    void theFirstChangeOfAnAsleepQueueWakesTheTicker() throws Exception {
        capture.table("sleepy", "(id int primary key)");
        capture.db.sql("select pgq.sleep_queues()");
        try (var ticker = capture.db.connect();
                var listen = ticker.createStatement()) {
            listen.execute("listen pgq_wake");

            capture.db.sql("insert into sleepy values (1)");

            listen.execute("select");
            assertThat(ticker.unwrap(PGConnection.class).getNotifications()).hasSize(1);
        }
        capture.assertReplayed("sleepy");
    }

    @Test
    void eventsGoToTheTableThatRotationSays() {
        capture.table("rotated", "(id int primary key)");
        for (int slot = 0; slot < 3; slot++) {
            capture.db.sql("update pgq.queue set queue_cur_table = " + slot);
            capture.db.sql("insert into rotated values (" + slot + ")");
            assertThat(capture.db.sql(
                            "select ev_data from pgq.event_1_" + slot + " where ev_extra1 = 'public.rotated'"))
                    .isEqualTo("{\"id\":" + slot + "}");
        }
        capture.db.sql("update pgq.queue set queue_cur_table = 0");
        capture.assertReplayed("rotated");
    }
}
