package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.londiste.change.TableName;
import io.londiste.definition.Creation;
import io.londiste.digest.Comparison;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.error.LondisteException;
import io.londiste.repair.Repaired;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Declaration;
import io.londiste.subscriber.Difference;
import io.londiste.subscriber.Subscriber;
import io.londiste.sync.SyncOptions;
import io.londiste.table.Selection;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.SteadyWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** What a table is replicated as: some of its rows and columns, and expressions in place of columns. */
@ExtendWith(PostgresPair.class)
@ParameterizedClass
@CsvSource({"13, 18", "18, 13", "15, 15"})
class MappingIT {
    private static final String CUSTOMERS =
            "create table customer (id int primary key, country text, email text, note text%s)";

    @Parameter(0)
    private int from;

    @Parameter(1)
    private int to;

    @TempDir
    Path directory;

    private Db provider;
    private Db subscriber;
    private Job job;

    @BeforeEach
    void install() {
        provider = PostgresPair.database(from);
        subscriber = PostgresPair.database(to);
        job = new Job(provider, subscriber).with("lock_timeout", "60");
    }

    @AfterEach
    void end() throws IOException {
        job.close();
        provider.close();
        subscriber.close();
    }

    private static Declaration where(String condition) {
        return new Declaration(null, condition, List.of(), Map.of());
    }

    private static Declaration set(String column, String expression) {
        return new Declaration(null, null, List.of(), Map.of(column, expression));
    }

    private static Declaration to(String table) {
        return new Declaration(TableName.parse(table), null, List.of(), Map.of());
    }

    private static Declaration columns(String... columns) {
        return new Declaration(null, null, List.of(columns), Map.of());
    }

    private static AddOptions options(Declaration declaration) {
        return new AddOptions(false, false, false, false, Creation.NONE, declaration);
    }

    /** Registers a table on both sides. */
    private void add(String table, Declaration declaration) {
        provider.sql("select londiste.provider_add_table('queue', ?)", table);
        Subscriber.connected(job.settings(), side -> side.add(Selection.of(table), options(declaration)));
    }

    private void onBoth(String ddl) {
        provider.sql(ddl);
        subscriber.sql(ddl);
    }

    private String rows(String table) {
        return subscriber.sql("select string_agg(t::text, ' ' order by t::text collate \"C\") from " + table + " as t");
    }

    private List<Comparison> compared(String... tables) throws SQLException {
        Connection lock = ComparisonRoutes.lockReplay(subscriber);
        try (lock;
                var routes = new ComparisonRoutes(job.settings())) {
            return routes.compare(tables);
        }
    }

    private void assertEqual(String... tables) throws SQLException {
        assertThat(compared(tables)).isNotEmpty().allSatisfy(each -> assertThat(each.outcome())
                .as(each.toString())
                .isEqualTo(Outcome.EQUAL));
    }

    @Test
    void aRowThatLeavesTheFilterIsDeletedAndOneThatEntersItInserted() throws SQLException {
        onBoth(CUSTOMERS.formatted(""));
        provider.sql(
                "insert into customer select i, case when i % 2 = 0 then 'DE' end, 'm' || i, 'n' from generate_series(1, 6) i");
        add("customer", where("country = 'DE'"));
        job.start().awaitOk();
        assertThat(rows("customer")).isEqualTo("(2,DE,m2,n) (4,DE,m4,n) (6,DE,m6,n)");

        provider.sql("update customer set country = 'FR' where id = 2");
        provider.sql("update customer set country = 'DE' where id = 3");
        provider.sql("update customer set email = 'new' where id in (4, 5)");
        job.awaitReplay();
        assertThat(rows("customer")).isEqualTo("(3,DE,m3,n) (4,DE,new,n) (6,DE,m6,n)");

        provider.sql("insert into customer values (7, 'DE', 'm7', 'n'), (8, 'FR', 'm8', 'n'), (9, null, 'm9', 'n')");
        provider.sql("delete from customer where id in (1, 3, 8)");
        provider.sql("update customer set id = id + 100 where id in (4, 5)");
        provider.sql("update customer set id = id + 100, country = 'FR' where id = 6");
        job.awaitReplay();
        assertThat(rows("customer")).isEqualTo("(104,DE,new,n) (7,DE,m7,n)");

        provider.sql("truncate customer; insert into customer values (1, 'DE', 'm', 'n'), (2, 'FR', 'm', 'n')");
        job.awaitReplay();
        assertThat(rows("customer")).isEqualTo("(1,DE,m,n)");
        assertThat(job.running().status().total().unexpected()).isZero();
        assertEqual("customer");
    }

    @Test
    void columnsThatAreNotReplicatedNeedNotExist() throws SQLException {
        provider.sql(CUSTOMERS.formatted(", big int generated always as (id * 10) stored"));
        subscriber.sql("create table customer (id int primary key, own text default 'own', email text, big int)");
        provider.sql("insert into customer values (1, 'DE', 'm1', 'secret')");
        add("customer", columns("id", "email", "big"));
        job.start().awaitOk();
        provider.sql("insert into customer values (2, 'FR', 'm2', 'secret'), (3, 'FR', 'm3', 'secret')");
        job.awaitReplay();
        subscriber.sql("update customer set own = 'kept' where id = 2");
        provider.sql(
                "update customer set email = 'new', note = 'other' where id = 2; delete from customer where id = 3");
        provider.sql("alter table customer add later text default 'x'; update customer set later = 'y' where id = 1");
        job.awaitReplay();

        assertThat(rows("customer")).isEqualTo("(1,own,m1,10) (2,kept,new,20)");
        assertEqual("customer");
    }

    @Test
    void expressionsReplaceColumnsWithTheTypesOfTheProvider() throws SQLException {
        onBoth(
                "create table odd (id int primary key, mail varchar(8), data jsonb, raw json, tags text[], n numeric(6, 2), at timestamptz, k text)");
        var insert =
                "insert into odd values (%1$d, 'mail%1$d', '{\"name\": \"n%1$d\", \"age\": %1$d}', '{\"a\":  null}', '{a,\"b c\"}',"
                        + " %1$d.5, '2024-02-29 12:00+02', 'k')";
        provider.sql(insert.formatted(1));
        add(
                "odd",
                new Declaration(
                        null,
                        "data ? 'age' and data ->> 'age' <> '3' and data ->> 'name' <> '?' and odd.at < '2025-01-01'",
                        List.of(),
                        Map.of(
                                "mail", "md5(mail)",
                                "data", "case when data ? 'name' then data - 'name' end",
                                "raw", "'null'",
                                "tags", "tags || tags",
                                "n", "n / 3",
                                "at", "at at time zone 'UTC' at time zone 'Asia/Tokyo'",
                                "k", "null")));
        job.start().awaitOk();
        provider.sql(insert.formatted(2));
        provider.sql(insert.formatted(3));
        provider.sql("update odd set data = data || '{\"age\": 4}', n = null where id = 1");
        job.awaitReplay();

        assertThat(subscriber.rows(
                        "select id, mail, data, raw, tags, n, at at time zone 'UTC', k from odd order by id"))
                .containsExactly(
                        "1|" + provider.sql("select left(md5('mail1'), 8)")
                                + "|{\"age\": 4}|null|{a,\"b c\",a,\"b c\"}|null|2024-02-29 01:00:00|null",
                        "2|" + provider.sql("select left(md5('mail2'), 8)")
                                + "|{\"age\": 2}|null|{a,\"b c\",a,\"b c\"}|0.83|2024-02-29 01:00:00|null");
        assertEqual("odd");
    }

    @Test
    void theProvidersCollationsAndFunctionsDecide() throws SQLException {
        provider.sql("create schema f; create function f.is_mine(text) returns boolean language sql immutable as"
                + " 'select $1 like ''m%'''; create table word (id int primary key, w text collate \"C\")");
        subscriber.sql("create table word (id int primary key, w text)");
        provider.sql("insert into word values (1, 'Mine'), (2, 'mine'), (3, 'more'), (4, 'other')");
        add("word", where("w > 'Z' and f.is_mine(w) and \"w\" < 'mp'"));
        job.start().awaitOk();
        provider.sql(
                "insert into word values (5, 'Mine'), (6, 'mine'), (7, 'mzzz'); update word set w = 'mq' where id = 3");
        job.awaitReplay();

        assertThat(rows("word")).isEqualTo("(2,mine) (6,mine)");
        assertEqual("word");
    }

    @Test
    void partitionsAreFiltered() throws SQLException {
        onBoth("create table part (id int, k int, v text, primary key (id, k)) partition by list (k)");
        onBoth(
                "create table part_1 partition of part for values in (1); create table part_2 partition of part for values in (2)");
        provider.sql("insert into part select i, 1 + i % 2, 'v' || i from generate_series(1, 2000) i");
        add("part", new Declaration(null, "id % 3 = 0", List.of("k", "id", "v"), Map.of("v", "upper(v)")));
        job.start().awaitOk();
        provider.sql(
                "update part set k = 3 - k where id < 100; delete from part_2 where id > 1900; update part set id = id + 1 where id > 1800");
        job.awaitReplay();

        assertEqual("part");
        assertThat(subscriber.number("select count(*) from part"))
                .isPositive()
                .isEqualTo(provider.number("select count(*) from part where id % 3 = 0"));
    }

    /** Comparisons are equal, and a repair has nothing to do. */
    @Test
    void underLoadCopiesAndReplayAgreeWithCompare() throws Exception {
        provider.sql(CUSTOMERS.formatted(""));
        subscriber.sql("create schema crm; create table crm.people (id int primary key, country text, email text)");
        provider.sql("insert into customer select i, chr(65 + i % 5), 'm' || i, 'n' from generate_series(1, 5000) i");
        try (var writer = new SteadyWriter(provider, 2, """
                        do $$
                        declare
                          k int := 1 + random() * 5000;
                        begin
                          update customer set country = chr(65 + (random() * 5)::int) where id = k;
                          delete from customer where id = k + 1;
                          insert into customer select i, chr(65 + i % 5), 'new' || i, 'n' from generate_series(k - 3, k) i
                              on conflict (id) do update set email = customer.email || 'x' where customer.country in ('A', 'B');
                          update customer set id = -id where id = k + 2 and not exists (select from customer where id = -k - 2);
                        exception when unique_violation then null;
                        end
                        $$; select pg_sleep(0.01)""")) {
            add(
                    "customer",
                    new Declaration(
                            TableName.parse("crm.people"),
                            "country < 'C'",
                            List.of("id", "country", "email"),
                            Map.of("email", "md5(email)")));
            job.start().awaitOk();
            Connection lock = ComparisonRoutes.lockReplay(subscriber);
            try (lock;
                    var routes = new ComparisonRoutes(job.settings())) {
                for (int round = 0; round < 3; round++) {
                    writer.await(200);
                    assertThat(routes.compare("crm.people"))
                            .extracting(Comparison::outcome, Comparison::problem)
                            .containsExactly(tuple(Outcome.EQUAL, null));
                    assertThat(routes.count("crm.people"))
                            .extracting(Comparison::outcome, Comparison::problem)
                            .containsExactly(tuple(Outcome.EQUAL, null));
                    assertThat(routes.apply(directory, ComparisonRoutes.PLAIN, "crm.people"))
                            .extracting(Repaired::statements)
                            .containsExactly(0L);
                    Subscriber.connected(job.settings(), side -> side.resync(Selection.of("crm.people")));
                    job.awaitOk();
                }
            }
            writer.stop();
        }
        job.awaitReplay();
        assertEqual("crm.people");
        assertThat(subscriber.number("select count(*) from crm.people"))
                .isPositive()
                .isEqualTo(provider.number("select count(*) from customer where country < 'C'"));
    }

    /** To the JDBC driver a question mark is a parameter, and two are one. */
    @Test
    void operatorsMayContainQuestionMarks() throws Exception {
        provider.sql(
                "create function differ(text, text) returns boolean immutable language sql as 'select $1 <> $2';"
                        + " do $$ begin create operator public.?? (leftarg = text, rightarg = text, function = differ); end $$");
        onBoth("create table doc (id int primary key, j jsonb, note text)");
        provider.sql(
                "insert into doc select i, case when i % 2 = 0 then '{\"a\": 1}' else '{\"b\": 1}' end::jsonb, 'n' || i"
                        + " from generate_series(1, 4) i");
        add(
                "doc",
                new Declaration(
                        null,
                        "j ? 'a' and note ?? 'secret' and note <> 'who?'",
                        List.of(),
                        Map.of(
                                "note",
                                "case when j ?| array['x', 'y'] then 'why?' when j ?& array['a', 'b'] then '??' else note end")));
        job.start().awaitOk();
        assertThat(notes()).isEqualTo("2 n2, 4 n4");
        provider.sql("insert into doc values (5, '{\"a\": 1, \"x\": 1}', 'n5'), (6, '{\"a\": 1}', 'secret');"
                + " update doc set j = '{\"a\": 1, \"b\": 1}' where id = 1; update doc set note = 'who?' where id = 2");
        job.awaitReplay();
        assertThat(notes()).isEqualTo("1 ??, 4 n4, 5 why?");

        try (var writer = new SteadyWriter(
                provider,
                1,
                "insert into doc values (10, '{\"a\": 1, \"x\": 1}', 'n') on conflict (id) do update"
                        + " set j = case when doc.j ? 'a' then '{}'::jsonb else excluded.j end; select pg_sleep(0.002)")) {
            Subscriber.connected(job.settings(), side -> side.resync(Selection.of("doc")));
            job.awaitOk();
            writer.await(50);
            writer.stop();
        }
        provider.sql("delete from doc where id = 10");
        job.awaitReplay();
        assertThat(notes()).isEqualTo("1 ??, 4 n4, 5 why?");

        subscriber.sql("update doc set note = 'wrong' where id in (1, 5); delete from doc where id = 4");
        Connection lock = ComparisonRoutes.lockReplay(subscriber);
        try (lock;
                var routes = new ComparisonRoutes(job.settings())) {
            var some = new SyncOptions(false, false, "j ? 'b' -- what's there?");
            assertThat(routes.compare(some))
                    .extracting(Comparison::problem, Comparison::providerRows, Comparison::different)
                    .containsExactly(tuple(null, 1L, 1L));
            assertThat(routes.count(some))
                    .extracting(Comparison::problem, Comparison::providerRows, Comparison::subscriberRows)
                    .containsExactly(tuple(null, 1L, 1L));
            assertThat(routes.count())
                    .extracting(Comparison::problem, Comparison::providerRows, Comparison::subscriberRows)
                    .containsExactly(tuple(null, 3L, 2L));
            assertThat(routes.write(directory, some))
                    .extracting(Repaired::statements)
                    .containsExactly(1L);
            assertThat(routes.apply(directory, some))
                    .extracting(Repaired::statements, Repaired::applied)
                    .containsExactly(tuple(1L, true));
            assertThat(notes()).isEqualTo("1 ??, 5 wrong");
            assertThat(routes.apply(directory, ComparisonRoutes.PLAIN))
                    .extracting(Repaired::statements, Repaired::applied)
                    .containsExactly(tuple(2L, true));
        }
        assertThat(notes()).isEqualTo("1 ??, 4 n4, 5 why?");
        assertEqual();
    }

    private String notes() {
        return subscriber.sql("select string_agg(id || ' ' || note, ', ' order by id) from doc");
    }

    @Test
    void aTableMayHaveAnotherNameOnTheSubscriber() throws SQLException {
        onBoth("create schema s; create table s.orders (id int primary key, v text)");
        provider.sql(
                "create table public.orders (id int primary key, v text); create table item (id int primary key, o int references orders)");
        subscriber.sql("create table s.\"Orders 2\" (id int primary key, v text);"
                + " create table item (id int primary key, o int references s.\"Orders 2\" on delete cascade)");
        provider.sql("insert into public.orders values (1, 'a'), (2, 'b'); insert into s.orders values (7, 's')");
        provider.sql(
                "select londiste.provider_add_table('queue', t) from unnest(array['item', 'orders', 's.orders']) t");
        Subscriber.connected(job.settings(), side -> {
            side.add(Selection.of("s.orders"), AddOptions.NONE);
            side.add(Selection.of("orders"), options(to("s.\"Orders 2\"")));
            side.add(Selection.of("item"), AddOptions.NONE);
            assertThatThrownBy(() -> side.add(Selection.of("orders"), options(to("s.other"))))
                    .hasMessageContaining("subscribed already: public.orders");
            assertThatThrownBy(() -> side.add(Selection.of("item", "orders"), options(to("s.other"))))
                    .hasMessageContaining("--dest-table is for one table, not for 2; nothing was changed");
        });
        job.start().awaitOk();
        provider.sql(
                "insert into item values (1, 1), (2, 2); update public.orders set v = 'A' where id = 1; insert into s.orders values (8, 's')");
        job.awaitReplay();
        assertThat(rows("s.\"Orders 2\"")).isEqualTo("(1,A) (2,b)");
        assertThat(rows("s.orders")).isEqualTo("(7,s) (8,s)");
        assertThat(rows("item")).isEqualTo("(1,1) (2,2)");
        assertEqual("s.\"Orders 2\"", "s.orders", "item");

        subscriber.sql(
                "delete from item; update s.\"Orders 2\" set v = 'wrong'; insert into s.\"Orders 2\" values (3, 'more')");
        Connection lock = ComparisonRoutes.lockReplay(subscriber);
        try (lock;
                var routes = new ComparisonRoutes(job.settings())) {
            assertThat(routes.apply(directory, new SyncOptions(true, false, null)))
                    .extracting(Repaired::statements)
                    .containsExactly(0L, 3L, 2L);
            assertThat(directory.resolve("fix.s.Orders%202.sql")).exists();
        }
        assertEqual();

        Awaitility.await("foreign keys")
                .until(() -> subscriber.number("select count(*) from londiste.subscriber_pending_fkeys") == 0);
        Subscriber.connected(job.settings(), side -> {
            assertThat(side.missing()).isEmpty();
            assertThat(side.differences())
                    .extracting(Difference::text)
                    .containsExactly(
                            "public.item: foreign key item_o_fkey changes or deletes rows together with rows of s.\"Orders 2\" on"
                                    + " the subscriber, and not so on the provider");
            side.resync(Selection.of("s.\"Orders 2\""));
        });
        job.awaitOk();
        provider.sql("truncate public.orders cascade; insert into public.orders values (4, 'd')");
        job.awaitReplay();
        assertThat(rows("s.\"Orders 2\"")).isEqualTo("(4,d)");
        assertThat(job.running().status().of(TableName.parse("s.\"Orders 2\"")).truncates())
                .isEqualTo(1);

        subscriber.sql("alter table s.\"Orders 2\" add check (v <> 'refused')");
        provider.sql("insert into public.orders values (5, 'refused')");
        awaitReason("s.\"Orders 2\"", "%violates check constraint%");
        subscriber.sql("alter table s.\"Orders 2\" drop constraint \"Orders 2_v_check\"");
        Subscriber.connected(job.settings(), side -> side.resync(Selection.of("s.\"Orders 2\"")));
        job.awaitOk();

        provider.sql("select londiste.provider_remove_table('queue', 'orders')");
        job.awaitReplay();
        assertThat(subscriber.rows("select table_name from londiste.subscriber_table order by nr"))
                .containsExactly("s.orders", "public.item");
    }

    @Test
    void repairWritesRowsAsTheyAreReplicated() throws SQLException {
        onBoth(CUSTOMERS.formatted(""));
        provider.sql(
                "insert into customer select i, case when i % 2 = 0 then 'DE' else 'FR' end, 'm' || i, 'n' from generate_series(1, 6) i");
        add("customer", new Declaration(null, "country = 'DE'", List.of(), Map.of("email", "md5(email)")));
        job.start().awaitOk();
        var right = rows("customer");
        subscriber.sql("delete from customer where id = 2; update customer set email = 'm4' where id = 4;"
                + " insert into customer values (1, 'FR', 'm1', 'n')");

        Connection lock = ComparisonRoutes.lockReplay(subscriber);
        try (lock;
                var routes = new ComparisonRoutes(job.settings())) {
            var found = routes.compare("customer").get(0);
            assertThat(List.of(found.missing(), found.extra(), found.different()))
                    .containsExactly(1L, 1L, 1L);
            assertThat(routes.compare(new SyncOptions(false, false, "email = 'm4'"), "customer")
                            .get(0)
                            .extra())
                    .isEqualTo(1);
            assertThat(routes.apply(directory, ComparisonRoutes.PLAIN, "customer"))
                    .extracting(Repaired::applied)
                    .containsExactly(true);
        }
        assertThat(rows("customer")).isEqualTo(right);
    }

    @Test
    void eachRowIsInOneShard() throws SQLException {
        provider.sql("create table visit (id int primary key, who text, \"At,\" date, v text)");
        for (int i = 0; i < 3; i++) {
            subscriber.sql("create table visit" + i + " (id int primary key, who text, \"At,\" date, v text)");
        }
        provider.sql(
                "insert into visit select i, nullif('w' || i % 50, 'w7'), null, 'v' from generate_series(1, 900) i;"
                        + " select londiste.provider_add_table('queue', 'visit')");
        var ids = new ArrayList<>(provider.rows("select id from visit where id > 0 order by id"));
        for (int i = 0; i < 3; i++) { // one after the other, since a table has one copy on a subscriber
            var shard =
                    Declaration.of("visit" + i, "id > 0", null, Map.of(), null, "who:" + i + "/3", null, null, null);
            Subscriber.connected(job.settings(), side -> side.add(Selection.of("visit"), options(shard)));
            if (i == 0) {
                job.start();
            }
            job.awaitOk();
            ids.removeAll(subscriber.rows("select id from visit" + i));
            provider.sql(
                    "update visit set who = 'x' || id where id % 7 = 0; update visit set v = 'new' where id % 5 = 0;"
                            + " update visit set who = null where id % 11 = 0");
            job.awaitReplay();
            assertEqual("visit" + i);
            assertThat(rows("visit" + i))
                    .isEqualTo(
                            provider.sql("select string_agg(t::text, ' ' order by t::text collate \"C\") from visit t"
                                    + " where ('x' || substr(md5(coalesce(who, '')), 1, 8))::bit(32)::bigint % 3 = "
                                    + i));
            provider.sql("update visit set who = nullif('w' || id % 50, 'w7')");
            if (i < 2) {
                Subscriber.connected(job.settings(), side -> side.remove(Selection.ALL));
            }
        }
        assertThat(ids).as("rows that are in no shard").isEmpty();
        Subscriber.connected(job.settings(), side -> {
            assertThat(side.tables().get(0).replicatedAs())
                    .isEqualTo("from public.visit; where (id > 0); shard who:2/3");
            side.remove(Selection.ALL);
            assertThatThrownBy(() -> side.add(
                            Selection.of("visit"),
                            options(Declaration.of(
                                    "visit0", null, null, Map.of(), null, "\"At,\":0/2", null, null, null))))
                    .hasMessageContaining("--shard: generation expression is not immutable");
            assertThatThrownBy(() -> side.add(
                            Selection.of("visit"),
                            options(Declaration.of(
                                    "visit0", null, null, Map.of(), null, "nobody:0/2", null, null, null))))
                    .hasMessageContaining("--shard: the provider's table has no column nobody");
        });
        assertThatThrownBy(() -> Declaration.of(null, null, null, Map.of(), null, "who:3/3", null, null, null))
                .hasMessage("--shard who:3/3: there are shards 0 to PARTS - 1, of at least one column");
        assertThatThrownBy(() -> Declaration.of(null, null, null, Map.of(), null, "who", null, null, null))
                .hasMessage("--shard is not of the form COLUMN[,COLUMN]:NUMBER/PARTS: who");
    }

    @Test
    void whatCannotBeRightIsRefused() {
        onBoth(CUSTOMERS.formatted(", at timestamptz, primary_ int unique"));
        provider.sql("select londiste.provider_add_table('queue', 'customer'); create table secret (s text)");
        var refused = Map.ofEntries(
                Map.entry(where("at < now()"), "--where: generation expression is not immutable"),
                Map.entry(where("at::date = '2024-01-01'"), "--where: generation expression is not immutable"),
                Map.entry(where("id in (select 1)"), "--where: cannot use subquery in column generation expression"),
                Map.entry(where("region = 'x'"), "--where: column \"region\" does not exist"),
                Map.entry(where("id"), "--where: argument of WHERE must be type boolean"),
                Map.entry(where(""), "--where: syntax error"),
                Map.entry(where("true) or (true"), "--where is not exactly one expression"),
                Map.entry(where("true) stored; drop table secret; --"), "--where: syntax error"),
                Map.entry(
                        where("customer is null"),
                        "--where: cannot use whole-row variable in column generation expression"),
                Map.entry(set("email", "email, note"), "--set email"),
                Map.entry(set("email", "random()::text"), "--set email: generation expression is not immutable"),
                Map.entry(set("at", "1"), "--set at: column"),
                Map.entry(set("id", "-id"), "--set cannot replace column id of the primary key"),
                Map.entry(set("nothing", "1"), "--set: the provider's table has no column nothing"),
                Map.entry(columns("email"), "--columns has to contain the primary key (id)"),
                Map.entry(columns("id", "nothing"), "--columns: the provider's table has no column nothing"),
                Map.entry(
                        new Declaration(null, null, List.of("id"), Map.of("email", "'x'")),
                        "--set replaces column email, which is not among --columns"));
        refused.forEach((declaration, reason) -> assertThatThrownBy(() -> Subscriber.connected(
                        job.settings(), side -> side.add(Selection.of("customer"), options(declaration))))
                .as(declaration.toString())
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining(reason));

        assertThat(subscriber.number("select count(*) from londiste.subscriber_table"))
                .isZero();
        assertThat(provider.number("select count(*) from secret")).isZero();
        assertThat(provider.number("select count(*) from pg_attribute where attname like 'londiste %'"))
                .isZero();
    }

    @Test
    void itIsDeclaredOnceForATable() {
        onBoth(CUSTOMERS.formatted(""));
        add("customer", where("country = 'DE'"));

        assertThatThrownBy(() -> add("customer", where("country = 'FR'")))
                .hasMessageContaining(
                        "subscribed already: public.customer; what a table is replicated as cannot be changed:"
                                + " remove it, and add it again; nothing was changed");
        assertThatThrownBy(() -> subscriber.sql(
                        "select londiste.subscriber_map_table('queue', 'customer', 'true', null, null, null, null)"))
                .hasMessageContaining("what table public.customer is replicated as cannot be changed");
        assertThatThrownBy(() -> subscriber.sql(
                        "select londiste.subscriber_map_table('queue', 'other', 'true', null, null, null, null)"))
                .hasMessageContaining("table public.other is not registered on the subscriber");
        add("customer", Declaration.NONE);
        assertThat(subscriber.sql("select where_sql, needs from londiste.subscriber_table"))
                .isEqualTo("(country = 'DE'::text)|{country}");
    }

    @Test
    void theStructureIsComparedAsItIsReplicated() {
        provider.sql(CUSTOMERS.formatted(""));
        subscriber.sql("create table customer (id int primary key, email text, note text not null)");
        provider.sql("select londiste.provider_add_table('queue', 'customer')");

        assertThatThrownBy(() -> add("customer", columns("id", "country")))
                .hasMessageContaining("the subscriber's table has no column country")
                .hasMessageContaining(
                        "column note is not replicated (--columns), which is NOT NULL and has no default");
        add("customer", columns("id", "email", "note"));

        Subscriber.connected(job.settings(), side -> assertThat(side.differences())
                .extracting(Difference::problem)
                .containsExactly("column note is NOT NULL on the subscriber, and may be null on the provider"));
    }

    @Test
    void aForeignKeyToFilteredRowsIsARisk() {
        onBoth(CUSTOMERS.formatted(""));
        onBoth("create table buy (id int primary key, customer int references customer)");
        add("buy", Declaration.NONE);
        add("customer", where("country = 'DE'"));

        Subscriber.connected(job.settings(), side -> assertThat(side.differences())
                .extracting(Difference::text)
                .containsExactly(
                        "public.buy: foreign key buy_customer_fkey needs rows of public.customer, which has only those where"
                                + " (country = 'DE'::text): a row that references another stops the table"));
    }

    @Test
    void aTableStopsWhenTheProviderCanNoLongerEvaluate() {
        onBoth(CUSTOMERS.formatted(""));
        onBoth("create table other (id int primary key, v text)");
        add("other", Declaration.NONE);
        add("customer", where("10 / id > 0"));
        job.start().awaitOk();

        provider.sql("insert into customer (id) values (1), (0), (2); insert into other values (1, 'is replicated')");
        awaitReason(
                "public.customer",
                "the provider cannot evaluate what it is replicated as (where ((10 / id) > 0)): %division by zero%");
        Awaitility.await().until(() -> subscriber.number("select count(*) from other") == 1);

        provider.sql("delete from customer where id = 0");
        Subscriber.connected(job.settings(), side -> side.resync(Selection.of("customer")));
        job.awaitOk();
        assertThat(rows("customer")).isEqualTo("(1,,,) (2,,,)");
    }

    @Test
    void aTableStopsWhenAColumnIsDroppedThatIsNeeded() {
        onBoth(CUSTOMERS.formatted(""));
        add("customer", where("country = 'DE'"));
        job.start().awaitOk();

        provider.sql("alter table customer drop country; insert into customer values (1, 'm', 'n')");

        awaitReason(
                "public.customer",
                "event % has no column country, and what the table is replicated as needs the whole row"
                        + " (where (country = 'DE'::text))");
    }

    @Test
    void aTableStopsWhenADeclaredColumnIsRenamedOnTheProvider() throws SQLException {
        onBoth(CUSTOMERS.formatted(""));
        add("customer", columns("id", "email"));
        job.start().awaitOk();

        provider.sql("alter table customer rename email to mail; insert into customer values (1, 'DE', 'm', 'n')");

        awaitReason(
                "public.customer",
                "the provider's table has no column email any more, which is declared (columns id, email): remove the"
                        + " table, and add it again");
        Subscriber.connected(job.settings(), side -> assertThat(side.differences())
                .extracting(Difference::problem)
                .anyMatch(problem -> problem.startsWith("the provider's table has no column email any more")));
        assertThat(compared("customer"))
                .isNotEmpty()
                .extracting(Comparison::outcome)
                .doesNotContain(Outcome.EQUAL);
    }

    @Test
    void aConditionSeesEveryDigitOfAColumnThatBecameMorePrecise() {
        onBoth("create table fee (id int primary key, amount numeric(10,2))");
        add("fee", where("amount > 0"));
        job.start().awaitOk();
        provider.sql("insert into fee values (1, 1.25)");
        job.awaitReplay();

        subscriber.sql("alter table fee alter amount type numeric(12,4)");
        provider.sql("alter table fee alter amount type numeric(12,4)");
        provider.sql("insert into fee values (2, 0.0040); update fee set amount = 0.0010 where id = 1");
        job.awaitReplay();

        assertThat(rows("fee")).isEqualTo("(1,0.0010) (2,0.0040)");
    }

    @Test
    void aForeignKeyThatDeletesRowsWithThoseThatLeaveTheConditionIsReported() {
        onBoth(CUSTOMERS.formatted(""));
        onBoth("create table buy (id int primary key, customer int references customer on delete cascade)");
        add("buy", Declaration.NONE);
        add("customer", where("country = 'DE'"));

        Subscriber.connected(job.settings(), side -> assertThat(side.differences())
                .extracting(Difference::problem)
                .contains(
                        "foreign key buy_customer_fkey changes or deletes rows together with rows of public.customer on the"
                                + " subscriber, and not so on the provider, where rows that leave the condition of public.customer are"
                                + " not deleted"));
    }

    @Test
    void aTableWhoseNameIsTakenDoesNotKeepTheOthersFromBeingAdded() {
        for (var table : List.of("a", "b", "c")) {
            onBoth("create table " + table + " (id int primary key)");
            provider.sql("select londiste.provider_add_table('queue', ?)", table);
        }
        add("a", to("public.b"));

        Subscriber.connected(job.settings(), side -> side.add(Selection.ALL, AddOptions.NONE));

        assertThat(subscriber.rows("select table_name, source_table from londiste.subscriber_table order by nr"))
                .containsExactly("public.b|public.a", "public.c|null");
    }

    /** sqltriga's updates have only the columns that were changed: nobody knows whether the others meet the condition. */
    @Test
    void eventsWithoutTheWholeRowStopTheTable() {
        onBoth(CUSTOMERS.formatted(""));
        onBoth("insert into customer values (1, 'DE', 'm', 'n')");
        add("customer", where("country = 'DE'"));
        job.start().awaitOk();

        provider.sql(
                "select pgq.insert_event('queue', 'I', '(id,country) values (''2'',''DE'')', 'public.customer', null, null, null)");
        job.awaitReplay();
        assertThat(subscriber.number("select count(*) from customer where id = 2"))
                .isEqualTo(1);
        provider.sql(
                "select pgq.insert_event('queue', 'U', 'email=''x'' where id=''1''', 'public.customer', null, null, null)");

        awaitReason(
                "public.customer",
                "event % has only the columns that were changed (sqltriga), and what the table is replicated as"
                        + " needs the whole row (where (country = 'DE'::text))");
    }

    private void awaitReason(String table, String pattern) {
        Awaitility.await(pattern).until(() -> {
            var reasons = new ArrayList<>(subscriber.rows(
                    "select coalesce(reason, '') from londiste.subscriber_table where table_name = '" + table + "'"));
            return subscriber.number("select count(*) from londiste.subscriber_table where reason like ?", pattern) == 1
                    || !reasons.contains("") && fail(reasons);
        });
    }

    private static boolean fail(List<String> reasons) {
        throw new AssertionError("another reason: " + reasons);
    }
}
