package io.londiste.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.cli.Terminal;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code subscriber add --create}: tables that are missing are created as on the provider, whatever the versions of the servers. */
@ExtendWith(PostgresPair.class)
@ParameterizedClass
@CsvSource({"13, 18", "18, 13"})
class CreateTablesIT {
    private static final String TABLES = """
            create schema "My shop";
            create function outside() returns text language sql as 'select ''x''::text';
            create sequence shared_seq;
            create table customer (id int generated always as identity (start with 10 increment by 2), email text collate "C" not null unique,
              born date default '2000-01-01', kind varchar(3) default 'new', code text default outside(), nr bigint default nextval('shared_seq'),
              upper_email text generated always as (upper(email)) stored,
              constraint customer_pkey primary key (id), constraint known check (length(kind) = 3));
            alter table customer add constraint later check (born > '1900-01-01') not valid;
            create table "My shop"."Order item" (id serial, customer int not null references customer on delete cascade deferrable,
              "it's" text[], other int, price numeric(10,2), constraint "item's key" primary key (customer, id),
              exclude using btree (id with =));
            create table other_table (id int primary key);
            alter table "My shop"."Order item" add foreign key (other) references other_table;
            create unique index "item's index" on "My shop"."Order item" (price desc nulls last, customer) where price > 0;
            create index on "My shop"."Order item" (lower("it's"[1]));
            comment on table "My shop"."Order item" is 'it''s \\ an item';
            comment on column "My shop"."Order item"."it's" is 'texts';
            comment on constraint "item's key" on "My shop"."Order item" is 'key';
            comment on index "My shop"."item's index" is 'index';
            create table part (id int, day date, note text default 'x', primary key (id, day)) partition by range (day);
            create table part_2025 partition of part for values from ('2025-01-01') to ('2026-01-01') partition by list (id);
            create table part_2025_rest partition of part_2025 (constraint positive check (id > 0)) default;
            create table part_default partition of part default;
            create index part_note on part (note);
            create index only_rest on part_2025_rest (note, id);
            insert into customer (email) values ('a@b'), ('c@d');
            insert into "My shop"."Order item" values (1, 10, array['x'], null, 2);
            insert into part values (1, '2025-05-05'), (2, '2030-01-01');
            """;

    /** Without what differs between versions: NOT NULL is a constraint since 18. */
    private static final String STRUCTURE =
            """
            select 'column', c.oid::regclass::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                a.attgenerated, a.attcollation::regcollation::text, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
              from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
             where c.oid in (%1$s) and a.attnum > 0
            union all
            select 'table', c.oid::regclass::text, pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid), null, null, null, null,
                obj_description(c.oid), null
              from pg_class c where c.oid in (%1$s)
            union all
            select 'index', x.indrelid::regclass::text, pg_get_indexdef(x.indexrelid), obj_description(x.indexrelid), null, null, null, null, null, null
              from pg_index x where x.indrelid in (%1$s)
            union all
            select 'constraint', k.conrelid::regclass::text, k.conname, pg_get_constraintdef(k.oid), null, null, null, null,
                obj_description(k.oid), null
              from pg_constraint k where k.conrelid in (%1$s) and k.contype <> 'n'
            union all
            select 'sequence', s.seqrelid::regclass::text, p.refobjid::regclass::text, format_type(s.seqtypid, null), null, null, null, null,
                concat_ws(' ', s.seqstart, s.seqincrement, s.seqmin, s.seqmax), null
              from pg_sequence s join pg_depend p on p.objid = s.seqrelid and p.deptype in ('a', 'i') where p.refobjid in (%1$s)
            order by 1, 2, 3
            """.formatted("select to_regclass(name) from unnest(string_to_array(?, ',')) as name");

    @Parameter(0)
    private int from;

    @Parameter(1)
    private int to;

    @TempDir
    Path directory;

    private Db provider;
    private Db subscriber;
    private Job job;
    private Terminal terminal;
    private String config;

    @BeforeEach
    void install() {
        provider = PostgresPair.database(from);
        subscriber = PostgresPair.database(to);
        job = new Job(provider, subscriber).with("pidfile", directory + "/pid");
        terminal = new Terminal(directory);
        config = terminal.file("conf.ini", job.ini());
        provider.sql(TABLES);
        terminal.ok(config, "provider", "add", "--all");
    }

    @AfterEach
    void end() throws IOException {
        job.close();
        provider.close();
        subscriber.close();
    }

    private Terminal.Result add(String... words) {
        return terminal.londiste(Stream.concat(Stream.of(config, "subscriber", "add"), Stream.of(words))
                .toArray(String[]::new));
    }

    private static List<String> structure(Db db, String tables) {
        return db.rows(STRUCTURE.replace("?", "'" + tables.replace("'", "''") + "'"));
    }

    private void assertSameStructure(String tables) {
        assertThat(structure(subscriber, tables)).isEqualTo(structure(provider, tables));
    }

    @Test
    void allOfATableIsCreatedAndReplicated() {
        subscriber.sql("create function outside() returns text language sql as 'select null::text';"
                + " create sequence shared_seq; create table other_table (id int primary key)");
        provider.sql("alter table customer validate constraint later");

        var added = add("customer", "My shop.Order item", "part", "other_table", "--create=full");

        assertThat(added.code()).as(added.err()).isZero();
        assertThat(added.err())
                .contains(
                        "Created public.customer",
                        "Added public.part",
                        "public.other_table exists already, and stays as it is");
        assertSameStructure("customer,\"My shop\".\"Order item\",part_2025,part_default,part");
        assertThat(structure(subscriber, "part_2025_rest").toString()).contains("only_rest", "positive");
        job.start().awaitOk();
        provider.sql(
                "insert into customer (email) values ('e@f'); update part set note = 'y'; delete from \"My shop\".\"Order item\"");
        job.awaitReplay();
        for (var table : List.of("customer", "\"My shop\".\"Order item\"", "part", "part_default")) {
            var rows = "select t::text from " + table + " as t order by 1";
            assertThat(subscriber.rows(rows)).as(table).isEqualTo(provider.rows(rows));
        }
        assertThat(terminal.ok(config, "subscriber", "fkeys"))
                .contains("active")
                .doesNotContain("pending");
    }

    @Test
    void columnsAndKeyAreCreatedWithWhatTheyNeed() {
        var added = add("--create", "customer", "part", "My shop.Order item");

        assertThat(added.code()).as(added.err()).isZero();
        assertThat(added.err())
                .contains(
                        "Left out: the default of column code of public.customer, public.outside(): function public.outside() does not exist",
                        "Left out: the default of column nr of public.customer, nextval('public.shared_seq'::regclass)");
        assertThat(
                        subscriber.rows(
                                "select conname::text from pg_constraint join pg_class c on c.oid = conrelid"
                                        + " where contype <> 'n' and relnamespace in (select oid from pg_namespace where nspname in ('public', 'My shop')) order by 1"))
                .containsExactly("customer_pkey", "item's key", "part_pkey");
        assertThat(subscriber.sql("select relkind from pg_class where relname = 'part'"))
                .isEqualTo("r");
        job.start().awaitOk();
        assertThat(subscriber.rows("select id, email, upper_email, kind from customer order by id"))
                .containsExactly("10|a@b|A@B|new", "12|c@d|C@D|new");
        assertThat(subscriber.number("select count(*) from part")).isEqualTo(2);
        assertThat(
                        subscriber.sql(
                                "insert into customer (id, email) overriding system value values (99, 'g@h') returning born, kind, code"))
                .isEqualTo("2000-01-01|new|null");
    }

    @Test
    void whatIsDeclaredIsObeyed() {
        subscriber.sql(
                "create function outside() returns text language sql as 'select null::text'; create sequence shared_seq;"
                        + " create table taken (customer_pkey int); create index customer_pkey on taken (customer_pkey)");
        var customers = add(
                "customer",
                "--create=full",
                "--dest-table",
                "crm.people",
                "--columns",
                "id,kind,email,upper_email,born",
                "--set",
                "email=md5(email)");
        var items = add("My shop.Order item", "--create=full", "--columns", "customer,id,price");
        var partition = add("part", "--create=full", "--dest-table", "crm.part");

        assertThat(customers.code()).as(customers.err()).isZero();
        assertThat(customers.err())
                .contains(
                        "Left out: constraint customer_email_key of crm.people: other values replace those of column email (--set)",
                        "Left out: constraint later of crm.people: the provider does not enforce it for all rows",
                        "Added crm.people: from public.customer; columns id, kind, email, upper_email, born; set email = md5(email)");
        assertThat(items.err())
                .contains("Left out: index Order item_lower_idx of", "column it's is not replicated (--columns)")
                .contains(
                        "Left out: constraint Order item_other_fkey of", "column other is not replicated (--columns)");
        assertThat(partition.code()).as(partition.err()).isZero();
        assertThat(subscriber.rows(
                        "select pg_get_constraintdef(oid) from pg_constraint where contype = 'f' order by 1"))
                .containsExactly("FOREIGN KEY (customer) REFERENCES crm.people(id) ON DELETE CASCADE DEFERRABLE");
        assertThat(subscriber.rows("select relid::text from pg_partition_tree('crm.part') order by 1"))
                .containsExactly("crm.part", "crm.part_2025", "crm.part_2025_rest", "crm.part_default");
        job.start().awaitOk();
        assertThat(subscriber.sql("select id, kind, email = md5('a@b'), born from crm.people order by id limit 1"))
                .isEqualTo("10|new|t|2000-01-01");
        assertThat(subscriber.number("select count(*) from \"My shop\".\"Order item\""))
                .isEqualTo(1);
    }

    @Test
    void whatCannotBeCreatedIsNamedAndNothingIsLeft() {
        provider.sql("create schema types; create type types.mood as enum ('happy');"
                + " create table feeling (id int primary key, mood types.mood)");
        terminal.ok(config, "provider", "add", "feeling");

        var type = add("customer", "feeling", "--create");
        var function = add("My shop.Order item", "customer", "--create=full");
        var partly = add("My shop.Order item", "--create=full");
        subscriber.sql("drop schema \"My shop\" cascade");
        var plain = add("customer");
        var wrong = add("customer", "--create=half");
        var inSync = add("customer", "--create", "--expect-sync");

        assertThat(type.code()).isEqualTo(1);
        assertThat(type.err())
                .endsWith("cannot create table public.feeling: no such type: types.mood; create it there first, as"
                        + " pg_dump --schema-only of the provider writes it, or leave the column out with --columns; nothing was"
                        + " changed\n");
        assertThat(function.err())
                .contains(
                        "cannot create the default of column code of public.customer, public.outside(): function"
                                + " public.outside() does not exist",
                        "create what is missing there first",
                        "nothing was changed");
        assertThat(partly.code()).as(partly.err()).isZero();
        assertThat(partly.err())
                .contains(
                        "Left out: foreign key Order item_customer_fkey of \"My shop\".\"Order item\": the subscriber has no table"
                                + " public.customer");
        assertThat(plain.err()).contains("nothing was changed (--create creates tables that are missing)");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("'half' is neither plain nor full");
        assertThat(inSync.code()).isEqualTo(2);
        assertThat(subscriber.number("select count(*) from pg_class where relnamespace = 'public'::regnamespace"))
                .isZero();
        assertThat(subscriber.number("select count(*) from londiste.subscriber_table"))
                .isEqualTo(1);
    }
}
