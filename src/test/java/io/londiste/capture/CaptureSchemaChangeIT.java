package io.londiste.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Altering a captured table, in this session or another, breaks no writer and loses no column. */
@ParameterizedClass
@ValueSource(ints = {13, 15, 18})
class CaptureSchemaChangeIT extends CaptureFixture {
    /** Alters a table while another session has all statements prepared, and returns the events of that session afterwards. */
    private static String[] eventsAfter(String table, String alter, String... statements) throws SQLException {
        try (var writer = capture.db.connect()) {
            for (int i = 0; i < 7; i++) {
                execute(
                        writer,
                        "insert into " + table + " (id) values (-1); update " + table + " set id = -2 where id = -1;"
                                + " delete from " + table + " where id = -2");
            }
            capture.db.sql(alter);
            int before = capture.events(table).size();
            for (var statement : statements) {
                execute(writer, statement);
            }
            var events = capture.events(table);
            return events.subList(before, events.size()).toArray(String[]::new);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void addedDroppedAndRenamedColumnsAreSeenAtOnce() throws SQLException {
        capture.table("columns", "(id int primary key, a int default 1, b int default 2)");
        assertThat(eventsAfter(
                        "columns",
                        "alter table columns add c text default 'new', drop a; alter table columns rename b to \"B b\"",
                        "insert into columns values (1)",
                        "update columns set id = 2",
                        "delete from columns"))
                .containsExactly(
                        "I {\"id\":1,\"B b\":2,\"c\":\"new\"}",
                        "U {\"id\":2,\"B b\":2,\"c\":\"new\"} was {\"id\" : 1}",
                        "D {\"id\":2,\"B b\":2,\"c\":\"new\"}");
    }

    @Test
    void anotherTypeMayNeedTheRecordTextAtOnce() throws SQLException {
        capture.table("retyped", "(id int primary key, v text default '{1}')");
        eventsAfter(
                "retyped",
                "alter table retyped alter v drop default, alter v type int[] using v::int[]",
                "insert into retyped values (1, '[0:0]={7}')");

        assertThat(
                        capture.db.sql(
                                "select ev_extra3 from pgq.event_1 where ev_extra1 = 'public.retyped' order by ev_id desc limit 1"))
                .isEqualTo("(1,[0:0]={7})");
    }

    @Test
    void theKeyMayChangeItsTypeItsNameAndItsColumns() throws SQLException {
        capture.table("keyed", "(id int primary key, other int default 5)");
        assertThat(eventsAfter(
                        "keyed",
                        "alter table keyed alter id type text",
                        "insert into keyed values ('x')",
                        "update keyed set id = 'y'"))
                .containsExactly("I {\"id\":\"x\",\"other\":5}", "U {\"id\":\"y\",\"other\":5} was {\"id\" : \"x\"}");
        capture.db.sql("alter table keyed rename id to code");
        capture.db.sql("update keyed set code = 'z'");
        assertThat(capture.events("keyed")).last().isEqualTo("U {\"code\":\"z\",\"other\":5} was {\"code\" : \"y\"}");

        capture.db.sql("alter table keyed drop constraint keyed_pkey, add primary key (other)");
        capture.db.sql("update keyed set code = 'zz', other = 6");
        assertThat(capture.events("keyed")).last().isEqualTo("U {\"code\":\"zz\",\"other\":6} was {\"other\" : 5}");
        assertThat(lastKey()).isEqualTo("[\"other\"]");

        capture.db.sql("alter table keyed drop constraint keyed_pkey");
        capture.db.sql("update keyed set other = 7; delete from keyed");
        assertThat(capture.events("keyed")).last().isEqualTo("D {\"code\":\"zz\",\"other\":7}");
        assertThat(lastKey()).isEqualTo("[]");
    }

    private static String lastKey() {
        return capture.db.sql(
                "select ev_type::json ->> 'pkey' from pgq.event_1 where ev_extra1 = 'public.keyed' order by ev_id desc limit 1");
    }

    @Test
    void aRenamedTableKeepsItsRegisteredName() throws SQLException {
        capture.table("named", "(id int primary key)");
        capture.db.sql("create schema away");
        capture.db.sql("alter table named rename to renamed; alter table renamed set schema away");
        capture.db.sql(
                "insert into away.renamed values (1), (2); update away.renamed set id = 3 where id = 1; delete from away.renamed");

        assertThat(capture.events("named"))
                .containsExactly(
                        "I {\"id\":1}",
                        "I {\"id\":2}",
                        "U {\"id\":3} was {\"id\" : 1}",
                        "D {\"id\":2}",
                        "D {\"id\":3}");
    }

    @Test
    void maintenanceBringsFunctionsUpToDateAndOnlyThose() {
        capture.table("maintained", "(id int primary key)");
        capture.db.sql("select londiste.maint_capture()");
        assertThat(capture.db.sql("select londiste.maint_capture()")).isEqualTo("0");

        capture.db.sql("alter table maintained rename id to nr");
        assertThat(capture.db.sql("select londiste.maint_capture()")).isEqualTo("1");
        capture.db.sql("insert into maintained values (1)");
        assertThat(capture.events("maintained")).containsExactly("I {\"nr\":1}");

        capture.db.sql("drop trigger q_logger_u on maintained");
        assertThat(capture.db.sql("select londiste.provider_add_table('q', 'maintained')"))
                .isEqualTo("0");
        capture.db.sql("update maintained set nr = 2");
        assertThat(capture.events("maintained")).last().isEqualTo("U {\"nr\":2} was {\"nr\" : 1}");
    }

    @Test
    void partitionsAreCapturedAsTheirRoot() {
        capture.table("part", "(k1 int, k2 text, v text, primary key (k1, k2)) partition by list (k2)");
        capture.db.sql("create table part_a partition of part for values in ('a')");
        capture.db.sql("create table part_b (v text, extra int, k2 text not null, k1 int not null)");
        capture.db.sql("alter table part_b drop extra; alter table part attach partition part_b for values in ('b')");
        capture.db.sql("create table part_rest partition of part default partition by hash (k1)");
        capture.db.sql("create table part_rest_0 partition of part_rest for values with (modulus 1, remainder 0)");
        capture.db.sql("select londiste.maint_capture()");

        capture.db.sql("insert into part select i, chr(97 + i % 4), 'v' || i from generate_series(1, 12) as i");
        capture.db.sql(
                "insert into part_b values ('direct', 'b', 100); update part_rest set v = 'x'; delete from part_a where k1 = 4");
        capture.assertReplayed("part");
        capture.db.sql("update part set k2 = 'b' where k2 = 'a'; update part set k1 = k1 + 1000 where k2 = 'c'");
        capture.db.sql("insert into part values (1, 'b', 'up') on conflict (k1, k2) do update set v = 'upserted'");
        capture.assertReplayed("part");
        capture.assertReplays(
                "part",
                "truncate part_b",
                "truncate part_rest",
                "insert into part values (1, 'a', '1'), (2, 'c', '2')",
                "truncate part");
        assertThat(capture.events("part")).last().isEqualTo("T");
        assertThat(capture.db.sql("select distinct ev_extra1 from pgq.event_1 where ev_extra1 like 'public.part%'"))
                .isEqualTo("public.part");
    }

    @Test
    void laterPartitionsAreCapturedAndLeavingOnesNoMore() {
        capture.table("later", "(id int primary key, v int) partition by range (id)");
        capture.db.sql("create table later_1 partition of later for values from (1) to (10)");
        capture.db.sql(
                "create table later_2 (id int not null, v int); alter table later attach partition later_2 for values from (10) to (20)");
        capture.db.sql("insert into later values (1, 1), (11, 1); insert into later_2 values (12, 1)");
        capture.assertReplayed("later");

        assertThat(capture.db.number("select londiste.maint_capture()")).isGreaterThanOrEqualTo(2);
        capture.db.sql("truncate later_2");
        capture.assertReplayed("later");

        int events = capture.events("later").size();
        capture.db.sql("alter table later detach partition later_1");
        capture.db.sql("insert into later_1 values (2, 2); truncate later_1");
        assertThat(capture.events("later")).hasSize(events);
    }

    @Test
    void rowsThatTriggersChangeInPartitionsArriveAsTheyAre() {
        capture.table("ptrig", "(id int primary key, v int default 0) partition by range (id)");
        capture.db.sql("create table ptrig_1 partition of ptrig for values from (0) to (10)");
        capture.db.sql("create table ptrig_2 partition of ptrig for values from (10) to (99)");
        capture.db.sql("""
                create function ptrig() returns trigger language plpgsql as $$
                begin
                  update ptrig set v = v + 1, id = case when id = 3 then 13 else id end where id = new.id; return null;
                end $$;
                create trigger a_first after insert on ptrig for each row execute function ptrig()
                """);
        capture.assertReplays(
                "ptrig",
                "insert into ptrig values (1, 0), (3, 0), (11, 0)",
                "select londiste.maint_capture()",
                "insert into ptrig values (2, 0), (12, 0)");
    }

    @Test
    void columnsAddedToAPartitionedTableAreSeenAtOnce() throws SQLException {
        capture.table("widened", "(id int primary key, a int default 1) partition by range (id)");
        capture.db.sql("create table widened_1 partition of widened default");

        assertThat(eventsAfter(
                        "widened",
                        "alter table widened add c text default 'new', drop a",
                        "insert into widened values (1)",
                        "update widened set id = 2",
                        "delete from widened_1"))
                .containsExactly(
                        "I {\"id\":1,\"c\":\"new\"}",
                        "U {\"id\":2,\"c\":\"new\"} was {\"id\" : 1}",
                        "D {\"id\":2,\"c\":\"new\"}");
    }

    @Test
    void nothingOfATableOwnersMakingRunsWithTheRightsOfTheCapture() throws Exception {
        var owner = capture.db.role("caster", "login password 'secret'");
        capture.db.sql("create schema casts authorization " + owner);
        try (var connection = capture.db.connect(owner, "secret")) {
            execute(connection, """
                    set search_path = casts;
                    create type mood as enum ('sad', 'happy');
                    create type pair as (a int, m mood);
                    create table moods (id int, m mood, p pair, l mood[], "%1$s <row>" text, primary key (id, m));
                    create table parts (id int, m mood, primary key (id, m)) partition by list (m);
                    create table parts_1 partition of parts default;
                    """);
            for (var type : new String[] {"mood", "pair", "moods", "parts", "parts_1"}) {
                for (var target : new String[] {"json", "text"}) {
                    execute(connection, """
                            create function casts.to_%2$s(casts.%1$s) returns %2$s language plpgsql as
                              'begin raise exception ''%1$s is cast by %%'', current_user; end';
                            create cast (casts.%1$s as %2$s) with function casts.to_%2$s(casts.%1$s)
                            """.formatted(type, target));
                }
            }
        }
        for (var table : new String[] {"casts.moods", "casts.parts"}) {
            capture.capture(table);
            capture.db.sql("insert into " + table + " values (1, 'sad'), (2, 'happy'); update " + table
                    + " set m = 'happy' where id = 1; delete from " + table + " where id = 2");
        }
        capture.db.sql("update casts.moods set p = (1, 'sad'), l = '{sad}'; truncate casts.parts_1");

        assertThat(capture.events("casts.parts"))
                .containsExactly(
                        "I {\"id\":1,\"m\":\"sad\"}",
                        "I {\"id\":2,\"m\":\"happy\"}",
                        "U {\"id\":1,\"m\":\"happy\"} was {\"id\" : 1, \"m\" : \"sad\"}",
                        "D {\"id\":2,\"m\":\"happy\"}",
                        "D {\"id\":1,\"m\":\"happy\"}");
        assertThat(capture.events("casts.moods"))
                .contains(
                        "U {\"id\":1,\"m\":\"happy\",\"p\":null,\"l\":null,\"%1$s <row>\":null} was {\"id\" : 1, \"m\" : \"sad\"}")
                .last()
                .isEqualTo("U {\"id\":1,\"m\":\"happy\",\"p\":\"(1,sad)\",\"l\":\"{sad}\",\"%1$s <row>\":null}");
    }

    @Test
    void recordTextAndJsonHaveTheirFieldsInTheSameOrder() {
        capture.table("ordered", "(id int primary key, v text, a int[]) partition by range (id)");
        capture.db.sql(
                "create table ordered_1 (a int[], gone int, v text, id int not null); alter table ordered_1 drop gone;"
                        + " alter table ordered attach partition ordered_1 default; insert into ordered values (1, 'x', '{1}')");

        assertThat(capture.db.sql("select ev_data, ev_extra3 from pgq.event_1 where ev_extra1 = 'public.ordered'"))
                .isEqualTo("{\"a\":[1],\"v\":\"x\",\"id\":1}|({1},x,1)");
    }

    @Test
    void anInheritanceTreeIsCapturedAsItsRoot() {
        capture.db.sql("create table tree (id int primary key, v int)");
        capture.db.sql(
                "create table tree_a (primary key (id)) inherits (tree); create table tree_b () inherits (tree_a)");
        capture.capture("tree");
        capture.db.sql(
                "insert into tree values (1, 1); insert into tree_a values (2, 2); insert into tree_b values (3, 3), (4, 4)");
        capture.db.sql("update tree set v = v + 1; update tree_b set id = 40 where id = 4; delete from only tree_a");
        capture.assertReplayed("tree");
        capture.db.sql("insert into tree_a values (5, 5); truncate only tree");
        capture.assertReplayed("tree");
        capture.db.sql("truncate tree_b");
        capture.assertReplayed("tree");

        int events = capture.events("tree").size();
        capture.db.sql("alter table tree_b no inherit tree_a; insert into tree_b values (9, 9); truncate tree_b");
        assertThat(capture.events("tree")).hasSize(events);
        assertThatThrownBy(() -> capture.db.sql("select londiste.provider_add_table('q', 'tree_a')"))
                .hasMessageContaining("table public.tree_a belongs to the tree of table public.tree");
    }

    @Test
    void columnsThatOnlyAnInheritanceChildHasAreNoPartOfTheTable() throws SQLException {
        capture.db.sql("create table heirs (id int primary key, \"a %1$s\" int[])");
        capture.db.sql("create table heirs_1 (own text, \"a %1$s\" int[], id int not null, primary key (id))");
        capture.db.sql("alter table heirs_1 inherit heirs");
        capture.capture("heirs");
        capture.assertReplays(
                "heirs",
                "insert into heirs values (1, '{1}'); insert into heirs_1 values ('own', '{2}', 2), ('own', '{3}', 3)",
                "set session_replication_role = replica; update heirs set id = id + 10 where id < 3",
                "update heirs_1 set own = 'new'; delete from heirs_1 where id = 3");
        assertThat(capture.events("heirs")).noneMatch(event -> event.contains("own"));

        assertThat(eventsAfter(
                        "heirs",
                        "alter table heirs add later int default 7",
                        "insert into heirs_1 (id, own) values (4, 'o')"))
                .containsExactly("I {\"id\":4,\"a %1$s\":null,\"later\":7}");
        capture.db.sql("alter table heirs drop \"a %1$s\"; select londiste.maint_capture()");
        capture.db.sql("update heirs set later = 8 where id = 4");
        assertThat(capture.events("heirs")).last().isEqualTo("U {\"id\":4,\"later\":8}");
    }

    @Test
    void writersNeedNoRightsOnTheQueueAndCannotLeadTheCaptureAstray() throws Exception {
        var owner = capture.db.role("owner", "login password 'secret'");
        var writer = capture.db.role("writer", "login password 'secret'");
        capture.db.sql("create schema app authorization " + owner);
        try (var connection = capture.db.connect(owner, "secret")) {
            execute(
                    connection,
                    "create table app.owned (id int primary key, v json); grant all on app.owned to " + writer
                            + "; grant usage, create on schema app to " + writer);
        }
        capture.capture("app.owned");
        try (var connection = capture.db.connect(writer, "secret")) {
            execute(
                    connection,
                    "create function app.now() returns timestamptz language sql as $$ select null::timestamptz $$;"
                            + " create function app.to_json(anyelement) returns json language sql as $$ select '1'::json $$;"
                            + " create function app.nextval(regclass) returns bigint language sql as $$ select -1::bigint $$;"
                            + " create temp table event_1_0 (x int)");
            execute(connection, "set search_path = app, pg_temp, pg_catalog");
            execute(
                    connection,
                    "insert into app.owned values (1, '{}'); update app.owned set id = 2; delete from app.owned; truncate app.owned");
            assertThatThrownBy(() -> execute(connection, "select londiste.capture_1()"))
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> execute(connection, "insert into pgq.event_1_0 select * from pgq.event_1_0"))
                    .hasMessageContaining("permission denied");
        }
        assertThat(capture.events("app.owned"))
                .containsExactly(
                        "I {\"id\":1,\"v\":{}}",
                        "U {\"id\":2,\"v\":{}} was {\"id\" : 1}",
                        "D {\"id\":2,\"v\":{}}",
                        "T");
    }

    /** Each statement of an owner, with an event count of what it writes to the captured tables. */
    private static final String[] OWNERS_WORK = {
        "create table %s.p3 partition of %s.parted for values from (200) to (300)",
        "create table %s.p4 partition of %s.parted for values from (300) to (400) partition by range (id)",
        "create table %s.p4_1 partition of %s.p4 default",
        "create table %s.p5 (like %s.parted including all)",
        "alter table %s.parted attach partition %s.p5 for values from (400) to (500)",
        "insert into %s.parted values (1), (201), (301), (401); update %s.parted set id = 202 where id = 1",
        "truncate %s.p3; truncate %s.parted",
        "alter table %s.parted detach partition %s.p5",
        "insert into %s.p5 values (999, 'not captured')",
        "alter table %s.parted attach partition %s.p5 default",
        "drop table %s.p5",
        "create table %s.child () inherits (%s.plain)",
        "insert into %s.child values (50)",
        "alter table %s.child no inherit %s.plain",
        "alter table %s.child inherit %s.plain; drop table %s.child",
        "create table %s.twin (like %s.plain including all); insert into %s.twin select * from %s.plain; drop table %s.twin",
        "insert into %s.plain values (1, 'one'), (2, 'two')",
        "alter table %s.plain add column more int default 3; alter table %s.plain alter more type bigint; alter table %s.plain rename more to most",
        "alter table %s.parted add column more int; alter table %s.parted rename more to most; alter table %s.parted drop column most",
        "update %s.plain set most = 4 where id = 1",
        "alter table %s.plain drop column most",
        "create index plain_v on %s.plain (v); reindex table %s.plain; alter table %s.plain cluster on plain_pkey",
        "cluster %s.plain",
        "vacuum full %s.plain",
        "vacuum analyze %s.parted",
        "alter table %s.plain disable trigger user; alter table %s.plain enable trigger user",
        "alter table %s.plain drop constraint plain_pkey; alter table %s.plain add primary key (id)",
        "alter table %s.plain rename to other; alter table %s.other rename to plain",
        "create schema %s_2; alter table %s.plain set schema %s_2; alter table %s_2.plain set schema %s; drop schema %s_2",
        "create materialized view %s.seen as select %s.noted() as id",
        "refresh materialized view %s.seen",
        "create table %s.copied (id int primary key, n int); insert into %s.copied select 1, 1",
        "create index on %s.copied (%s.note(id))",
        "drop materialized view %s.seen; drop table %s.copied",
        "alter table %s.plain owner to %o; alter table %s.parted owner to %o",
        "set search_path = ''; insert into %s.plain values (8, 'x'); truncate %s.plain; reset search_path",
    };

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingThatTheirOwnerDoesWithCapturedTablesFailsBecauseTheyAreCaptured(boolean mayUseTheSchemas)
            throws Exception {
        var next = capture.db.role(mayUseTheSchemas ? "next" : "nextp", "");
        var owner = capture.db.role(mayUseTheSchemas ? "own" : "ownp", "login password 'secret' in role " + next);
        var app = "app" + mayUseTheSchemas;
        capture.db.sql("create schema " + app + " authorization " + owner + "; grant create on database "
                + capture.db.sql("select current_database()") + " to " + owner + "; grant create, usage on schema "
                + app + " to "
                + next);
        if (mayUseTheSchemas) {
            capture.db.sql("grant usage on schema pgq, londiste to " + owner);
        }
        try (var connection = capture.db.connect(owner, "secret")) {
            execute(connection, """
                    create table %s.plain (id int primary key, v text);
                    create table %s.parted (id int primary key, v text) partition by range (id);
                    create table %s.p1 partition of %s.parted for values from (0) to (100);
                    create function %s.note(int) returns int language plpgsql immutable as $$
                    begin perform %s.noted(); return $1; end $$;
                    create function %s.noted() returns bigint language plpgsql as $$
                    declare n bigint; begin select count(*) + 10 into n from %s.plain; insert into %s.plain values (n); return n; end $$;
                    """.replace("%s", app));
            capture.capture(app + ".plain", app + ".parted");
            for (var statement : OWNERS_WORK) {
                for (var one : statement.startsWith("set ") ? new String[] {statement} : statement.split("; ")) {
                    execute(connection, one.replace("%s", app).replace("%o", next));
                }
            }
        }
        assertThat(capture.events(app + ".plain"))
                .contains("I {\"id\":8,\"v\":\"x\"}")
                .last()
                .isEqualTo("T");
        assertThat(capture.events(app + ".parted"))
                .containsSubsequence("I {\"id\":301,\"v\":null}", "I {\"id\":202,\"v\":null}", "T");
        capture.db.sql("drop schema " + app + " cascade; drop owned by " + owner + ", " + next);
    }

    @Test
    void aCaptureFunctionOnATableThatIsNotCapturedWritesNothing() throws Exception {
        capture.table("honest", "(id int primary key, v text)");
        capture.table("honest_root", "(id int primary key, v text) partition by range (id)");
        capture.db.sql(
                "create table honest_tree (id int primary key, v text); create table honest_leaf () inherits (honest_tree)");
        capture.capture("honest_tree");
        var stranger = capture.db.role("stranger", "login password 'secret'");
        capture.db.sql(
                "create schema strange authorization " + stranger + "; grant usage on schema londiste to " + stranger);
        var events = "select count(*) from pgq.event_1";
        long before = capture.db.number(events);
        try (var connection = capture.db.connect(stranger, "secret")) {
            execute(connection, "create table strange.forged (id int primary key, v text)");
            for (var name : capture.db.rows(
                    "select 'capture_' || nr from londiste.provider_table where table_name like 'public.honest%'")) {
                execute(connection, """
                        create trigger %1$s_i after insert on strange.forged referencing new table as londiste_new
                          for each statement execute function londiste.%1$s();
                        create trigger %1$s_r after insert or update or delete on strange.forged for each row execute function londiste.%1$s();
                        create trigger %1$s_b before truncate on strange.forged execute function londiste.%1$s();
                        create trigger %1$s_t after truncate on strange.forged execute function londiste.%1$s();
                        """.formatted(name));
            }
            execute(
                    connection,
                    "insert into strange.forged values (1, 'x'); update strange.forged set id = 2; delete from strange.forged;"
                            + " truncate strange.forged");
            assertThatThrownBy(() -> execute(
                            connection,
                            "select londiste."
                                    + capture.db.sql(
                                            "select min('capture_' || nr) from londiste.provider_table where table_name = 'public.honest_root'")
                                    + "()"))
                    .hasMessageContaining("can only be called as triggers");
        }
        assertThat(capture.db.number(events)).isEqualTo(before);
        capture.db.sql("drop owned by " + stranger + " cascade");
    }

    @Test
    void aPartitionThatIsCapturedByItselfIsCapturedAlsoWhenWrittenThroughItsRoot() {
        capture.db.sql("create table whole (id int primary key, v text) partition by range (id)");
        capture.db.sql("create table whole_1 partition of whole for values from (0) to (100)");
        capture.db.sql("create table whole_2 partition of whole for values from (100) to (200)");
        capture.capture("whole_1");

        capture.db.sql(
                "insert into whole_1 values (3, 'direct'); insert into whole values (1, 'root'), (2, 'root'), (101, 'other')");
        capture.db.sql(
                "update whole set v = 'u' where id = 3; update whole set id = 150 where id = 1; delete from whole where id = 2");
        capture.db.sql("update whole set id = 5 where id = 101");
        capture.assertReplayed("whole_1");
        assertThat(capture.events("whole_1")).hasSize(7);
        capture.db.sql("truncate whole");
        capture.assertReplayed("whole_1");
        assertThat(capture.events("whole_1")).last().isEqualTo("T");
    }

    @Test
    void anInheritanceChildThatIsCapturedByItselfIsCapturedAlsoWhenWrittenThroughItsParent() {
        capture.db.sql(
                "create table elder (id int primary key, v int); create table younger (primary key (id)) inherits (elder)");
        capture.capture("younger");

        capture.db.sql(
                "insert into younger values (1, 1), (2, 2); update elder set v = 9; delete from elder where id = 1");

        assertThat(capture.events("younger")).hasSize(5);
        capture.assertReplayed("younger");
    }

    /** Partition 1 is one that the function knows, 2 one that it does not: each is noticed in its own way. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aTriggerThatOnlyAPartitionGetsIsSeenBySessionsThatWroteBefore(int partition) throws SQLException {
        var late = "late" + partition;
        capture.table(
                late, "(id int, part int, v text, n int default 0, primary key (id, part)) partition by list (part)");
        capture.db.sql("create table " + late + "_1 partition of " + late + " for values in (1)");
        capture.db.sql("select londiste.maint_capture()");
        capture.db.sql("create table " + late + "_2 partition of " + late + " for values in (2)");
        try (var writer = capture.db.connect()) {
            for (int i = 0; i < 16; i++) { // until plans are kept
                execute(
                        writer,
                        "insert into " + late + " values (" + i + ", " + (i % 2 + 1) + ", 'w'); update " + late
                                + " set v = 'u' where id = " + i);
            }
            capture.db.sql("""
                    create function %1$s() returns trigger language plpgsql as $$
                    begin
                      if pg_trigger_depth() < 2 then
                        update %1$s set n = n + 1, v = v || '!' where id = new.id and part = new.part;
                      end if;
                      return null;
                    end $$;
                    create trigger a_first after insert or update on %1$s_%2$s for each row execute function %1$s()
                    """.formatted(late, partition));
            execute(
                    writer,
                    "insert into " + late + " values (100, 1, 'new'), (100, 2, 'new'); update " + late
                            + " set v = 'x' where id < 2");
        }
        assertThat(capture.db.sql("select count(*) from " + late + " where v like '%!'"))
                .isEqualTo("2");
        capture.assertReplayed(late);
    }

    /** What a dump brings to another cluster: the functions with the old tables' oids, which other tables or none have there. */
    @Test
    void functionsWithTheOidsOfAnotherClusterCaptureTheirTablesByName() {
        capture.table("moved", "(id int primary key, v text)");
        capture.table("moved_root", "(id int primary key, v text) partition by range (id)");
        capture.db.sql("""
                alter table moved rename to other; alter table moved_root rename to other_root;
                create table moved (like other including all);
                create table moved_root (like other_root including all) partition by range (id);
                create table moved_leaf partition of moved_root default;
                create table other_leaf partition of other_root default;
                insert into other values (1, 'other'); insert into other_root values (1, 'other');
                do $$
                declare definition text;
                begin
                  for definition in select replace(pg_get_triggerdef(oid), 'public.other', 'public.moved') from pg_trigger
                                     where tgrelid in ('other'::regclass, 'other_root'::regclass)
                  loop execute definition; end loop;
                end $$;
                alter table moved disable trigger q_logger_r;
                delete from pgq.event_1 where ev_extra1 like 'public.moved%'
                """);
        for (var table : new String[] {"moved", "moved_root"}) {
            capture.assertReplays(
                    table,
                    "insert into " + table + " values (1, 'a'), (2, 'b'), (3, 'c')",
                    "update " + table + " set id = id + 10, v = 'u' where id < 3; delete from " + table
                            + " where id = 3");
            assertThat(capture.events(table)).hasSize(6);
            capture.db.sql("drop table " + table.replace("moved", "other"));
            capture.assertReplays(table, "insert into " + table + " values (1, 'a'); update " + table + " set v = 'x'");
        }
    }

    private static List<String> gaps(String table) {
        return capture.db.rows(
                "select problem from londiste.capture_problems('q') where severity = 'error' and table_name = 'public.'"
                        + " || ?",
                table);
    }

    /** Runs statements that interrupt the capture; maintenance reports that once, and the capture works again. */
    private static void assertNoticed(String table, String reason, String... statements) {
        for (var statement : statements) {
            capture.db.sql(statement);
        }
        assertThat(gaps(table))
                .containsExactly("changes on the provider may not have been captured: " + reason
                        + "; maintenance stops the table");
        capture.db.sql("select londiste.maint_capture()");
        assertThat(
                        capture.db.sql(
                                "select ev_data, ev_extra1 from pgq.event_1 where ev_type = 'londiste.missed-changes' order by ev_id desc limit 1"))
                .isEqualTo(reason + "|public." + table);
        assertThat(gaps(table)).isEmpty();
        int events = capture.events(table).size();
        capture.db.sql("insert into " + table + " values (5); delete from " + table + " where id = 5");
        assertThat(capture.events(table)).hasSize(events + 2);
    }

    @Test
    void whatInterruptsTheCaptureIsNoticedAlsoWhenItHasEnded() {
        capture.table("gap", "(id int primary key)");
        capture.table("gaps", "(id int primary key) partition by range (id)");
        capture.db.sql("create table gaps_1 partition of gaps for values from (0) to (100)");
        capture.db.sql("select londiste.maint_capture()");
        var number = capture.db.sql("select nr from londiste.provider_table where table_name = 'public.gap'");

        var again = "capture triggers of table public.%s were disabled, or dropped and made again";
        var gone = again.formatted("gap");
        assertNoticed("gap", gone, "alter table gap disable trigger all; alter table gap enable trigger all");
        assertNoticed(
                "gap",
                "capture trigger q_logger_d of table public.gap is disabled",
                "alter table gap disable trigger user");
        assertNoticed(
                "gap",
                "capture trigger q_logger_i of table public.gap is disabled",
                "alter table gap enable replica trigger q_logger_i");
        assertNoticed("gap", gone, "drop trigger q_logger_t on gap");
        assertNoticed("gap", gone, "drop trigger q_logger_r on gap");
        assertNoticed(
                "gap",
                gone,
                "create temp table made as select pg_get_triggerdef(oid) as def from pg_trigger where tgname = 'q_logger_d'"
                        + " and tgrelid = 'gap'::regclass; drop trigger q_logger_d on gap; do 'begin execute (select def from made); end'");
        assertNoticed(
                "gap",
                "its capture function was altered",
                "create or replace function londiste.capture_" + number
                        + "() returns trigger language plpgsql as 'begin return null; end'");
        assertNoticed(
                "gap",
                "its capture function was altered",
                "alter function londiste.capture_" + number + "_replica() set datestyle = german");
        assertThat(capture.db.sql(
                        "select proconfig::text from pg_proc where proname = 'capture_" + number + "_replica'"))
                .contains("ISO")
                .doesNotContain("german");

        var part = again.formatted("gaps_1");
        assertNoticed(
                "gaps",
                part,
                "alter table gaps_1 disable trigger all; alter table gaps_1 enable always trigger q_logger, enable always trigger q_logger_b");
        assertNoticed(
                "gaps",
                "capture trigger q_logger of table public.gaps_1 is disabled",
                "alter table gaps_1 disable trigger q_logger");
        assertNoticed(
                "gaps",
                part,
                "alter table gaps detach partition gaps_1; alter table gaps attach partition gaps_1 for values from (0) to (100)");
    }

    @Test
    void whatDoesNotInterruptTheCaptureIsNotTakenForIt() {
        capture.table("whole_time", "(id int primary key, v text)");
        capture.db.sql("vacuum full pg_trigger");
        capture.db.sql("vacuum freeze pg_trigger");
        capture.db.sql(
                "grant execute on all functions in schema londiste to public; alter table whole_time rename to renamed;"
                        + " alter table renamed rename to whole_time; alter table whole_time add more int, alter v type varchar;"
                        + " comment on trigger q_logger_i on whole_time is 'c'; cluster whole_time using whole_time_pkey");
        assertThat(gaps("whole_time")).isEmpty();
        capture.db.sql(
                "revoke execute on all functions in schema londiste from public; select londiste.maint_capture()");
        assertThat(gaps("whole_time")).isEmpty();
        assertThat(
                        capture.db.rows(
                                "select ev_data from pgq.event_1 where ev_type = 'londiste.missed-changes' and ev_extra1 = 'public.whole_time'"))
                .isEmpty();
    }

    @Test
    void unloggedTablesAreRefused() {
        capture.db.sql("create unlogged table unlogged (id int primary key);"
                + " create table half (id int primary key) partition by range (id);"
                + " create unlogged table half_1 partition of half default");
        assertThatThrownBy(() -> capture.db.sql("select londiste.provider_add_table('q', 'unlogged')"))
                .hasMessageContainingAll("table public.unlogged is unlogged", "alter table public.unlogged set logged");
        assertThatThrownBy(() -> capture.db.sql("select londiste.provider_add_table('q', 'half')"))
                .hasMessageContaining("table public.half_1 is unlogged");
    }
}
