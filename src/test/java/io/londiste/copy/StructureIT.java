package io.londiste.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Major;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a copy drops from a table, and what it finds there, is afterwards as it was, in every entry of the catalog. */
@ExtendWith(PostgresPair.class)
class StructureIT {
    private static final String PROVIDER = """
            create table main (id int primary key, a text, b text, c int4range, d int);
            create table child (id int primary key, m int, m2 int, note text);
            create table parted (id int, day int, m int, primary key (id, day)) partition by range (day);
            create table parted_1 partition of parted default;
            insert into main select i, 'a' || i, repeat('b', 100) || i, int4range(i, i + 1), i from generate_series(1, 8000) i;
            insert into child select i, i, i + 1, repeat('n', 100) from generate_series(1, 7000) i;
            insert into parted select i, i % 30, i from generate_series(1, 500) i;
            """;

    private static final String SUBSCRIBER = """
            create table main (id int, a text collate "C", b text, c int4range, d int not null check (d > 0));
            alter table main add constraint "Main PK" primary key (id) include (d) with (fillfactor = 70);
            alter table main add constraint main_a unique (a, b) deferrable initially deferred;
            alter table main add constraint main_d unique (d);
            alter table main add constraint main_e unique (d, a) deferrable;
            alter table main add constraint main_c exclude using gist (c with &&) with (fillfactor = 60) where (d > 3);
            alter table main add constraint loose check (d > -1) not valid;
            create index "Expr" on main (lower(b) text_pattern_ops desc nulls last, (d + 1)) with (fillfactor = 50) where d > 3;
            alter index "Expr" alter column 2 set statistics 77;
            create unique index main_id on main (id);
            create index main_gin on main using gin (string_to_array(b, ',')) with (fastupdate = off);
            create index main_hash on main using hash (a);
            create index main_brin on main using brin (d) with (pages_per_range = 7);
            create index main_coll on main (b collate "POSIX" varchar_pattern_ops, a desc) include (c);
            alter table main cluster on main_coll;
            alter table main replica identity using index main_id;
            comment on index "Expr" is 'it''s; an expression';
            comment on constraint "Main PK" on main is 'the key';
            comment on index "Main PK" is 'the key''s index';
            comment on constraint main_c on main is 'excludes';

            create table child (id int primary key, m int, m2 int, note text);
            alter table child replica identity full;
            create index child_m on child (m) where m is not null;
            create view counted as select id, note, m from child group by id;
            create table parted (id int, day int, m int, primary key (id, day)) partition by range (day);
            create table parted_1 partition of parted (constraint own check (id >= 0)) for values from (0) to (10);
            create table parted_2 partition of parted for values from (10) to (20) partition by range (day);
            create table parted_3 partition of parted_2 default;
            create table parted_4 partition of parted default;
            create index parted_m on parted (m);
            create table beside (id int primary key, m int unique);

            alter table child add constraint same foreign key (m) references main match full on delete cascade on update set null
              deferrable initially deferred;
            alter table child add constraint old foreign key (m2) references main (d) not valid;
            alter table parted add constraint same foreign key (m) references main on delete set default deferrable;
            alter table parted_1 add constraint one foreign key (id) references child;
            alter table beside add constraint same foreign key (m) references child;
            comment on constraint same on child is 'a; comment';
            comment on constraint one on parted_1 is 'its own';

            create function noop() returns trigger language plpgsql as 'begin return new; end';
            create trigger "Up b" before update of b on main for each row when (old.b is distinct from new.b) execute function noop('x''y');
            create trigger aways after insert on main for each row execute function noop();
            create trigger off after insert on main referencing new table as r for each statement execute function noop();
            create trigger repl after truncate on main for each statement execute function noop();
            create constraint trigger late after insert or update on main from child deferrable initially deferred
              for each row execute function noop();
            alter table main enable always trigger aways;
            alter table main disable trigger off;
            alter table main enable replica trigger repl;
            comment on trigger "Up b" on main is 'says; so';
            comment on constraint late on main is 'late''s';
            create trigger every after insert on parted for each row execute function noop();
            alter table parted_2 disable trigger every;
            alter table parted_3 enable always trigger every;
            create trigger own before insert on parted_1 for each row execute function noop();
            create trigger own before update on parted_3 for each row execute function noop();
            """;

    private static final String SINCE_18 = """
            alter table child add constraint hint foreign key (m2) references main (d) not enforced;
            alter table child add constraint partly foreign key (m, m2) references pairs (x, y) on delete set null (m2) not valid;
            alter table main add constraint main_n unique nulls not distinct (b, d);
            alter table main add constraint main_w unique (d, c without overlaps);
            """;

    private static final String INDEXES = "select indexrelid::regclass::text, indexrelid from pg_index"
            + " where indrelid in ('main'::regclass, 'child'::regclass) order by 1";

    private static final List<String> TABLES = List.of("main", "child", "parted");

    @Test
    void isTheSameAfterwardsOnAnOldServer(@Provider Db provider, @Subscriber @Major(13) Db subscriber) {
        subscriber.sql(SUBSCRIBER);
        assertSameAfterCopies(provider, subscriber);
    }

    @Test
    void isTheSameAfterwardsOnANewServer(@Provider Db provider, @Subscriber @Major(18) Db subscriber) {
        String space = subscriber.name() + " space";
        subscriber.sql("create extension btree_gist;" + SUBSCRIBER
                + "create table pairs (x int, y int, primary key (x, y));" + SINCE_18);
        inAutoCommit(
                subscriber, "set allow_in_place_tablespaces = on", "create tablespace \"" + space + "\" location ''");
        try {
            subscriber.sql("alter index main_coll set tablespace \"" + space + "\";"
                    + "alter index \"Main PK\" set tablespace \"" + space + "\";"
                    + "alter index main_c set tablespace \"" + space + "\"");
            assertSameAfterCopies(provider, subscriber);
        } finally {
            subscriber.sql("drop table main, child, parted cascade");
            inAutoCommit(subscriber, "drop tablespace \"" + space + "\"");
        }
    }

    private static void inAutoCommit(Db db, String... statements) {
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertSameAfterCopies(Db provider, Db subscriber) {
        provider.sql(PROVIDER);
        var catalog = Catalog.of(subscriber);
        var indexes = subscriber.rows(INDEXES);
        try (var job = new Job(provider, subscriber)) {
            job.add(TABLES.toArray(String[]::new));
            assertCopied(job, subscriber, catalog);

            subscriber.sql("update londiste.subscriber_table set merge_state = null");
            assertCopied(job, subscriber, catalog);
        }
        assertThat(subscriber.number("select count(*) from main")).isEqualTo(8000);
        var kept = List.of("child_pkey"); // a view needs it
        for (String index : subscriber.rows(INDEXES)) {
            assertThat(indexes.contains(index)).as(index).isEqualTo(kept.contains(index.split("[|]")[0]));
        }
    }

    /** Commands drop and restore the triggers, the replay drops and restores the foreign keys. */
    private static void assertCopied(Job job, Db subscriber, List<String> catalog) {
        TABLES.forEach(table -> subscriber.sql("select londiste.subscriber_drop_triggers(?)", table));
        assertThat(Catalog.of(subscriber)).noneMatch(line -> line.startsWith("trigger"));
        assertThat(subscriber.rows(
                        "select status, table_name, trigger_name from londiste.subscriber_get_trigger_list('queue')"))
                .hasSize(8)
                .contains("pending|public.parted|every", "pending|public.parted_1|own", "pending|public.parted_3|own");
        job.start().awaitOk();
        Awaitility.await()
                .until(() -> subscriber.number("select count(*) from londiste.subscriber_pending_fkeys") == 0);
        job.stop();
        TABLES.forEach(table -> subscriber.sql("select londiste.subscriber_restore_triggers(?)", table));
        assertThat(String.join("\n", Catalog.of(subscriber))).isEqualTo(String.join("\n", catalog));
    }
}
