package io.londiste.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.ReplicationFixture;
import io.londiste.test.SteadyWriter;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Foreign keys whose tables do not both go the same way. */
class ForeignKeysIT extends ReplicationFixture {
    private static final String TABLES = "create table parent (id int primary key);"
            + "create table child (id int primary key, parent int references parent)";
    private static final String PENDING =
            "select from_table, fkey_name from londiste.subscriber_pending_fkeys order by 1, 2";

    @BeforeEach
    void replicate() {
        onBoth(TABLES);
        job.add("parent", "child").start().awaitOk();
        Awaitility.await().until(() -> subscriber.rows(PENDING).isEmpty());
    }

    private void awaitReason(String table, String... parts) {
        Awaitility.await().untilAsserted(() -> assertThat(subscriber.sql(
                        "select reason from londiste.subscriber_table where table_name = ?", "public." + table))
                .contains(parts));
    }

    @Test
    void aChildWhoseParentIsNoLongerReplicatedReportsIt() {
        subscriber.sql("select londiste.subscriber_remove_table('queue', 'parent')");
        provider.sql("insert into parent values (1); insert into child values (1, 1)");
        awaitReason("child", "child_parent_fkey", "table public.parent is not replicated here");

        // not while the next attempt has saved and dropped it
        Awaitility.await("the foreign key").ignoreExceptions().until(() -> subscriber
                .sql("alter table child drop constraint child_parent_fkey")
                .isEmpty());
        job.awaitOk().awaitReplay();
        assertThat(subscriber.sql("select * from child")).isEqualTo("1|1");
    }

    @Test
    void aParentWhoseChildIsNoLongerReplicatedReportsIt() {
        provider.sql("insert into parent values (1); insert into child values (1, 1)");
        job.awaitReplay();
        subscriber.sql("select londiste.subscriber_remove_table('queue', 'child')");
        provider.sql("delete from child; delete from parent");
        awaitReason("parent", "child_parent_fkey", "table public.child is not replicated here");
    }

    @Test
    void oneThatMayNotBeDroppedHoldsUpItsOwnTableOnly() {
        provider.sql("create table other (id int primary key)");
        subscriber.sql("create table other (id int primary key)");
        job.add("other").awaitOk();
        subscriber.sql("create function no_ddl() returns event_trigger language plpgsql as"
                + " $$begin raise exception 'no DDL here'; end$$;"
                + " create event trigger no_ddl on ddl_command_start when tag in ('ALTER TABLE') execute function no_ddl();"
                + " select londiste.subscriber_resync_table('queue', 'parent')");
        awaitReason("parent", "no DDL here");

        provider.sql("insert into other values (1); insert into parent values (1); insert into child values (1, 1)");
        job.awaitReplay();
        assertThat(subscriber.sql("select * from other")).isEqualTo("1");

        subscriber.sql("drop event trigger no_ddl");
        job.awaitOk().awaitReplay();
        assertThat(subscriber.sql("select * from parent join child using (id)")).isEqualTo("1|1");
    }

    @Test
    void oneThatRowsViolateStaysPendingWithTheReasonAndBindsNobody() {
        onBoth("create table lonely (id int primary key); create table orphan (id int primary key, a int, b int)");
        subscriber.sql("create table pairs (x int, y int, primary key (x, y));"
                + "alter table orphan add constraint to_lonely foreign key (id) references lonely,"
                + " add constraint to_pairs foreign key (b, a) references pairs match full");
        provider.sql("insert into orphan values (1, null, 5), (2, null, null)");
        job.add("orphan").awaitOk();

        String reasons = "select fkey_name, reason from londiste.subscriber_get_fkey_list('queue')"
                + " where status = 'pending' order by 1";
        Awaitility.await().untilAsserted(() -> assertThat(subscriber.rows(reasons))
                .containsExactly(
                        "to_lonely|rows of public.orphan violate it: public.lonely has no (1)",
                        "to_pairs|rows of public.orphan violate it: public.pairs has no (5, null)"));
        provider.sql(
                "insert into orphan values (3, 3, 3); insert into parent values (1); insert into child values (1, 1)");
        job.awaitReplay();
        assertThat(subscriber.rows("select merge_state, reason from londiste.subscriber_table"))
                .containsOnly("ok|null");
        assertEqual("orphan", "child");

        subscriber.sql("insert into lonely select generate_series(1, 3); insert into pairs values (3, 3);"
                + "update orphan set a = 3, b = 3 where id = 1");
        Awaitility.await().until(() -> subscriber.rows(PENDING).isEmpty());
    }

    @Test
    void oneThatIsCreatedUnderTheRunningReplayMayDeleteRowsBeforeItDoes() {
        onBoth("create table top (id int primary key); create table part (id int primary key, top int)");
        String foreignKey = "alter table part add foreign key (top) references top on delete cascade";
        provider.sql(foreignKey);
        job.add("top", "part").awaitOk();
        provider.sql("insert into top values (1), (2); insert into part values (1, 1), (2, 2)");
        job.awaitReplay(); // it has read in which order it writes tables
        subscriber.sql(foreignKey);

        provider.sql("insert into part values (3, 2); delete from top where id = 1"); // so top's rows are deleted first
        job.awaitReplay();

        assertEqual("top", "part");
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    /** A foreign key to a column whose comparison waits for the holder of lock 7 while the rows are checked. */
    private static final String SLOW = """
            create function held(int, int) returns boolean language plpgsql immutable as $$
            begin
              if current_query() like '%validate_fkey%' then
                perform pg_advisory_xact_lock_shared(7);
              end if;
              return $1 = $2;
            end $$;
            create operator === (leftarg = int, rightarg = int, function = held, commutator = ===);
            create operator class held_ops for type int using btree as
              operator 1 <, operator 2 <=, operator 3 ===, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int);
            create unique index on code (nr held_ops);
            alter table coded add constraint slow foreign key (nr) references code (nr)
              on update cascade deferrable initially deferred;
            comment on constraint slow on coded is 'takes a while';
            """;

    @Test
    void whileRowsAreCheckedBatchesAreAppliedAndOthersGetTheTable() throws Exception {
        onBoth("create table code (id int primary key, nr int); create table coded (id int primary key, nr int)");
        subscriber.sql(SLOW);
        job.stop();
        subscriber.sql(
                "do $$ begin execute format('alter database %I set enable_indexscan = off', current_database());"
                        + " execute format('alter database %I set enable_bitmapscan = off', current_database()); end $$"); // it would wait with a page locked
        job.start();
        String key = "select convalidated, pg_get_constraintdef(oid), obj_description(oid) from pg_constraint"
                + " where conname = 'slow'";
        String before = subscriber.sql(key);
        String list =
                "select status, fkey_def from londiste.subscriber_get_fkey_list('queue') where fkey_name = 'slow'";
        String definition = subscriber.sql("select fkey_def from londiste.find_table_fkeys('coded')");
        provider.sql("insert into code select i, i from generate_series(1, 10) i;"
                + "insert into coded select id, nr from code");
        try (var holder = subscriber.connect();
                var hold = holder.createStatement()) {
            hold.execute("select pg_advisory_lock(7)");
            job.add("code", "coded").awaitOk();
            Awaitility.await("a check of rows that waits for lock 7")
                    .until(() -> subscriber.number(
                                    "select count(*) from pg_locks where locktype = 'advisory' and not granted and objid = 7"
                                            + " and database = (select oid from pg_database where datname = current_database())")
                            > 0);
            assertThat(subscriber.sql(list)).isEqualTo("pending|" + definition);

            provider.sql(
                    "insert into code values (11, 11); insert into coded values (11, 11); insert into parent values (1)");
            job.awaitReplay();
            assertEqual("coded", "parent");

            provider.sql("truncate coded; insert into coded values (12, 1)");
            job.awaitReplay();
            assertEqual("coded");

            subscriber.sql("select londiste.subscriber_resync_table('queue', 'coded')");
            job.awaitOk();
            assertThat(subscriber.sql(list)).isEqualTo("pending|" + definition);
            hold.execute("select pg_advisory_unlock(7)");
        }
        Awaitility.await().until(() -> subscriber.rows(PENDING).isEmpty());
        assertThat(subscriber.sql(key)).isEqualTo(before);
    }

    @Test
    void thoseOfManyTablesThatAreAddedUnderLoadComeBackAsTheyWere() {
        onBoth("""
                create table beat (id serial primary key);
                create table local (id int primary key); insert into local select generate_series(0, 99);
                do $$ begin
                  for n in 0 .. 59 loop
                    execute format('create table t%s (id int primary key, a int, b int, unique (a, b))', n);
                    execute format('insert into t%s select i, i, i from generate_series(0, 99) i', n);
                  end loop;
                end $$;
                """);
        subscriber.sql("""
                do $$ begin
                  for n in 0 .. 59 loop
                    execute format('alter table t%s add constraint "ring %s" foreign key (b) references t%s%s', n, n, (n + 1) % 60,
                                   (array[' deferrable initially deferred', ' deferrable', ' on delete set null', ''])[1 + n % 4]);
                    if n % 3 = 0 then
                      execute format('alter table t%s add constraint own foreign key (a) references t%1$s on update cascade', n);
                    elsif n % 6 = 1 then
                      execute format('alter table t%s add constraint two foreign key (a, b) references t%s (a, b) match full',
                                     n, (n + 7) % 60);
                      execute format('comment on constraint two on t%s is ''it''''s two''', n);
                    elsif n % 6 = 4 then
                      execute format('alter table t%s add constraint outside foreign key (b) references local not valid', n);
                    end if;
                  end loop;
                  alter table local add constraint inside foreign key (id) references t5;
                end $$;
                """);
        String keys = "select conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), convalidated,"
                + " condeferrable, condeferred, obj_description(oid) from pg_constraint where contype = 'f' order by 1, 2";
        List<String> before = subscriber.rows(keys);
        assertThat(before).hasSize(102);
        job.add("beat").awaitOk();
        try (var writer = new SteadyWriter(
                provider, "insert into beat default values; update t9 set b = (b + 1) % 100; select pg_sleep(0.01)")) {
            job.add(IntStream.range(0, 60).mapToObj(n -> "t" + n).toArray(String[]::new))
                    .awaitOk();
            Awaitility.await().until(() -> subscriber.rows(PENDING).isEmpty());
            writer.await(10);
        }
        job.awaitReplay();
        assertThat(subscriber.rows(keys)).isEqualTo(before);
        assertThat(subscriber.rows("select merge_state, reason from londiste.subscriber_table"))
                .containsOnly("ok|null");
        assertEqual("beat", "t9", "t59");
    }

    @Test
    void oneThatIsPendingOutlivesARenamedTableAndGivesWayToOneMadeByHand() {
        job.stop();
        subscriber.sql("update londiste.subscriber_table set merge_state = null;"
                + "alter table child add constraint again foreign key (parent) references parent on delete cascade");
        subscriber.sql("select londiste.subscriber_drop_all_fkeys('child'); alter table parent rename to former");
        assertThat(subscriber.rows(PENDING)).containsExactly("public.child|again", "public.child|child_parent_fkey");
        subscriber.sql("select londiste.subscriber_remove_table('queue', 'parent')");
        subscriber.sql("alter table child add constraint again foreign key (parent) references former");
        job.start().awaitOk();

        // its own definition now, taken up again by the copy; the table of the other one is not there
        Awaitility.await().until(() -> subscriber.rows(PENDING).equals(List.of("public.child|child_parent_fkey")));
        assertThat(subscriber.sql("select pg_get_constraintdef(oid) from pg_constraint where conname = 'again'"))
                .isEqualTo("FOREIGN KEY (parent) REFERENCES former(id)");

        subscriber.sql("alter table former rename to parent");
        subscriber.sql("select * from londiste.subscriber_restore_fkeys('queue')");
        assertThat(subscriber.rows(PENDING)).isEmpty();
    }
}
