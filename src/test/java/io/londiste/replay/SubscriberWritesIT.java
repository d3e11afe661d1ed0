package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.londiste.error.LondisteException;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Subscriber;
import io.londiste.table.Selection;
import io.londiste.test.Db;
import io.londiste.test.OperatorLog;
import io.londiste.test.ReplicationFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What PostgreSQL does with a write on the subscriber is what the replay asked for; otherwise the table is refused or
 * stopped, or it is reported. The rows of the table "What the subscriber does with rows" in operations.md.
 */
class SubscriberWritesIT extends ReplicationFixture {
    private static final String T = "create table t (id int primary key, v text)";

    /** Adds table t on both sides as the commands do; returns what is found. */
    private List<String> add() {
        provider.sql("select londiste.provider_add_table('queue', 't')");
        Subscriber.connected(job.settings(), side -> side.add(Selection.of("t"), AddOptions.NONE));
        return check();
    }

    private List<String> check() {
        var found = new ArrayList<String>();
        Subscriber.connected(job.settings(), side -> side.check().stream()
                .map(difference -> difference.severity() + ": " + difference.text())
                .forEach(found::add));
        return found;
    }

    private void assertRefused(String reason) {
        assertThatThrownBy(this::add)
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("nothing was changed");
        assertThat(job.states()).isEmpty();
        job.add("t");
        assertThat(check()).anyMatch(line -> line.startsWith("error: public.t: ") && line.contains(reason));
    }

    /** Makes the job use a role that is no superuser and may use schema londiste. */
    private String role(Db db, String options) {
        var role = db.role("plain", "login password 'p' " + options);
        db.sql("grant all on schema londiste to " + role + "; grant all on all tables in schema londiste to " + role
                + "; grant all on all sequences in schema londiste to " + role
                + "; grant all on all functions in schema londiste to " + role);
        job.with(
                db == provider ? "provider_db" : "subscriber_db",
                db.libpq().replaceFirst("user=.*", "user=" + role + " password=p"));
        return role;
    }

    private void replicate(String ddl) {
        onBoth(ddl);
        assertThat(add()).isEmpty();
        job.start().awaitOk();
    }

    private void awaitReason(String reason) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        subscriber.sql("select string_agg(reason, ' ') from londiste.subscriber_table"))
                .contains(reason));
    }

    /** The table continues after its operator has removed the cause, and has the provider's rows. */
    private void assertContinuesAfter(String remedy) {
        subscriber.sql(remedy);
        job.close();
        job.start().awaitOk();
        job.awaitReplay();
        assertEqual("t");
    }

    @Test
    void aRuleThatReplacesWritesIsRefused() {
        onBoth(T);
        subscriber.sql("create rule \"no Delete\" as on delete to t do instead nothing");

        assertRefused("rule \"no Delete\" may replace what the replay writes: drop it, or disable it"
                + " (alter table public.t disable rule \"no Delete\")");
        subscriber.sql("alter table t disable rule \"no Delete\"");
        assertThat(check()).isEmpty();
    }

    @Test
    void aRuleThatComesLaterStopsTheTableBeforeItsFirstBatchIsCommitted() {
        replicate(T);
        provider.sql("insert into t select n, 'old' from generate_series(1, 30) n");
        job.awaitReplay();
        // the server reports as many rows as if they had been inserted into t
        subscriber.sql(
                "create table log (id int); create rule log as on insert to t do instead insert into log values (new.id)");

        provider.sql("update t set v = 'new'; insert into t values (31, 'more')");

        awaitReason("a rule may replace what the replay writes (log): drop it, or disable it");
        assertThat(subscriber.sql("select count(*) from t where v = 'old'")).isEqualTo("30");
        assertContinuesAfter("drop rule log on t");
        assertThat(subscriber.sql("select count(*) from log")).isEqualTo("0");

        subscriber.sql("create rule keep as on delete to t where old.id = 1 do instead nothing");
        provider.sql("delete from t");
        awaitReason("the subscriber has skipped the delete of a row, because of rule keep");
        assertContinuesAfter("drop rule keep on t");
    }

    @Test
    void aRuleThatAddsStatementsIsReported() {
        onBoth(T);
        subscriber.sql(
                "create table log (id int); create rule log as on insert to t do also insert into log values (new.id)");

        assertThat(add()).containsExactly("risk: public.t: rule log also fires for what the replay writes");
        job.start().awaitOk();
        provider.sql("insert into t values (1, 'a')");
        job.awaitReplay();
        assertEqual("t");
    }

    @Test
    void rowSecurityOfTheSubscribersTableIsRefusedOrStopsTheTable() {
        onBoth(T);
        var role = role(subscriber, "");
        subscriber.sql("grant create on schema public to " + role + "; alter table t owner to " + role);
        assertThat(add()).isEmpty();
        job.start().awaitOk();
        provider.sql("insert into t values (1, 'a'), (2, 'b')");
        job.awaitReplay();

        subscriber.sql(
                "alter table t enable row level security, force row level security; create policy odd on t using (id % 2 = 1)");
        provider.sql("update t set v = 'changed'");

        awaitReason("query would be affected by row-level security policy for table \"t\"");
        assertThat(check())
                .contains("error: public.t: row level security of the subscriber's table applies to role " + role
                        + ", and replay, copy and compare need all rows: let a superuser run alter role " + role
                        + " bypassrls, or use the table's owner without force row level security");
        assertContinuesAfter("alter table t no force row level security");
    }

    @Test
    void rowSecurityOfTheProvidersTableIsRefused() {
        onBoth(T);
        provider.sql("select londiste.provider_add_table('queue', 't'); insert into t values (1, 'a'), (2, 'b');"
                + " alter table t enable row level security; create policy odd on t using (id % 2 = 1)");
        var role = role(provider, "in role pgq_admin");
        provider.sql("grant select on t to " + role);

        assertThatThrownBy(() ->
                        Subscriber.connected(job.settings(), side -> side.add(Selection.of("t"), AddOptions.NONE)))
                .hasMessageContaining("row level security of the provider's table applies to role " + role
                        + ", and copy and compare need all rows");
        provider.sql("alter table t disable row level security");
        Subscriber.connected(job.settings(), side -> side.add(Selection.of("t"), AddOptions.NONE));
    }

    @Test
    void aTriggerThatSkipsRowsStopsTheTable() {
        replicate(T);
        provider.sql("insert into t select n, 'old' from generate_series(1, 30) n");
        job.awaitReplay();
        subscriber.sql("""
                create function skip() returns trigger language plpgsql as $$
                begin
                  if tg_op = 'DELETE' then
                    return case old.id when 1 then null else old end;
                  end if;
                  return case when new.id in (2, 32) then null else new end;
                end $$;
                create trigger skip before insert or update or delete on t for each row execute function skip();
                """);
        assertThat(check())
                .containsExactly(
                        "risk: public.t: trigger skip fires before rows that the replay writes and may change or skip them");

        provider.sql("delete from t where id <= 1");
        awaitReason("the subscriber has skipped the delete of a row, because of trigger skip; disable or drop that");
        assertContinuesAfter("alter table t disable trigger skip");

        subscriber.sql("alter table t enable trigger skip");
        provider.sql("update t set v = 'new'");
        awaitReason("the subscriber has skipped the update of a row");
        assertContinuesAfter("alter table t disable trigger skip");

        subscriber.sql("alter table t enable always trigger skip");
        provider.sql("insert into t values (31, 'a'), (32, 'b')");
        awaitReason("the subscriber has skipped the insert of a row");
        assertContinuesAfter("drop trigger skip on t");
        assertThat(subscriber.sql("select count(*) from t")).isEqualTo("31");
    }

    @Test
    void aTriggerThatComesLaterIsReportedWhenItFires() {
        replicate(T);
        subscriber.sql("""
                create function upper_case() returns trigger language plpgsql as $$ begin new.v := upper(new.v); return new; end $$;
                create trigger upper_case before insert on t for each row execute function upper_case()
                """);
        try (var log = new OperatorLog()) {
            provider.sql("insert into t values (1, 'a')");
            job.awaitReplay();
            provider.sql("insert into t values (2, 'b')");
            job.awaitReplay();

            assertThat(log.warnings())
                    .containsExactly(
                            "table public.t: triggers of the subscriber fire before rows that the replay writes, and"
                                    + " may change or skip them: upper_case. Disable or drop them unless that is intended");
        }
        assertThat(subscriber.rows("select v from t order by 1")).containsExactly("A", "B");
    }

    @Test
    void triggersOfTheTableAreSavedWhenItIsAdded() {
        onBoth(T);
        subscriber.sql("""
                create function upper_case() returns trigger language plpgsql as $$ begin new.v := upper(new.v); return new; end $$;
                create trigger upper_case before insert on t for each row execute function upper_case()
                """);

        assertThat(add()).isEmpty();
        job.start().awaitOk();
        provider.sql("insert into t values (1, 'a')");
        job.awaitReplay();

        assertEqual("t");
    }

    @Test
    void aColumnThatOnlyTheSubscriberGeneratesIsReported() {
        provider.sql("create table t (id int primary key, v text, n int, m int generated always as (id * 2) stored)");
        subscriber.sql("create table t (id int primary key, v text, n int generated always as (id + 1) stored,"
                + " m int generated always as (id * 3) stored)");

        assertThat(add())
                .containsExactly(
                        "risk: public.t: column n is generated on the subscriber as (id + 1), and not on the provider: its"
                                + " values may differ",
                        "risk: public.t: column m is generated on the subscriber as (id * 3), and as (id * 2) on the"
                                + " provider: its values may differ");
    }

    @Test
    void aColumnThatIsMissingOnTheProviderGetsItsDefault() {
        provider.sql(T);
        subscriber.sql("create table t (id int primary key, v text, origin text default 'replay')");
        assertThat(add()).containsExactly("note: public.t: the provider's table has no column origin");
        job.start().awaitOk();
        provider.sql("insert into t values (1, 'a')");
        job.awaitReplay();
        subscriber.sql("update t set origin = 'own'");
        provider.sql("update t set v = 'b'; insert into t values (2, 'c')");
        job.awaitReplay();

        assertThat(subscriber.rows("select id, v, origin from t order by 1")).containsExactly("1|b|own", "2|c|replay");
    }

    @Test
    void aRowWithoutAPartitionStopsTheTableUntilThereIsOne() {
        provider.sql(T);
        subscriber.sql("create table t (id int primary key, v text) partition by range (id);"
                + "create table t_0 partition of t for values from (0) to (10)");
        assertThat(add()).isEmpty();
        job.start().awaitOk();
        provider.sql("insert into t values (1, 'a'), (12, 'b')");

        awaitReason(
                "no partition of relation \"t\" found for row: Partition key of the failing row contains (id) = (12)"
                        + " (create a partition for such rows on the subscriber; the table then continues by itself)");
        assertContinuesAfter("create table t_1 partition of t for values from (10) to (20)");
    }

    @Test
    void tablesThatInheritAreReported() {
        onBoth(T);
        subscriber.sql("create table child () inherits (t)");

        assertThat(add())
                .containsExactly(
                        "note: public.t: table public.child inherits from it: the replay changes its rows as well");
    }

    @Test
    void viewsAndForeignTablesAreRefused() {
        provider.sql(T);
        subscriber.sql("create table base (id int primary key, v text); create view t as select * from base");

        assertThatThrownBy(this::add)
                .hasMessageContaining("no such table: public.t (public.t is a view); nothing was changed");

        subscriber.sql("drop view t; create foreign data wrapper none; create server none foreign data wrapper none;"
                + "create table t (id int primary key, v text);");
        job.add("t");
        subscriber.sql("drop table t; create table t (id int, v text) partition by range (id);"
                + "create foreign table t_0 partition of t for values from (0) to (10) server none");
        assertThat(check())
                .contains(
                        "error: public.t: partition public.t_0 is a foreign table, which the replay's transaction does"
                                + " not cover");
    }

    @Test
    void aTableThatBecomesAViewIsStopped() {
        replicate(T);
        provider.sql("insert into t values (1, 'a')");
        job.awaitReplay();
        subscriber.sql("""
                alter table t rename to t_old; create view t as select * from t_old;
                create function t_write() returns trigger language plpgsql as $$ begin return new; end $$;
                create trigger t_write instead of insert or update on t for each row execute function t_write()
                """);

        provider.sql("update t set v = 'b'");

        awaitReason("table public.t does not exist in database");
        assertThat(job.states()).isNotEqualTo(List.of("ok"));
        assertContinuesAfter("drop view t; alter table t_old rename to t");
    }

    @Test
    void keysThatMayBecomeOneAreRefused() {
        provider.sql("create table t (id text primary key, v text)");
        subscriber.sql(
                "create collation ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
                        + "create table t (id text collate ignore_case primary key, v text)");

        assertRefused(
                "key column id has the nondeterministic collation ignore_case on the subscriber, where different keys"
                        + " may become one");
    }

    @Test
    void keyTypesThatLoseSomethingAreRefused() {
        provider.sql("create table t (id numeric(10, 4) primary key, v text)");
        subscriber.sql("create table t (id numeric(10, 2) primary key, v text)");

        assertRefused(
                "column id is numeric(10,4) on the provider and numeric(10,2) on the subscriber, where different keys"
                        + " may become one");
    }

    @Test
    void typesThatLoseSomethingAreReported() {
        onBoth("create domain money_amount as numeric(10, 4)");
        provider.sql("create table t (id int primary key, n numeric(10, 4), d timestamptz, f float8, s varchar(5),"
                + " a varchar(5)[], m money_amount, c text)");
        subscriber.sql("drop domain money_amount; create domain money_amount as numeric(10, 2);"
                + " create table t (id int primary key, n numeric(10, 2), d timestamptz(0), f float4, s varchar(3),"
                + " a varchar(3)[], m money_amount, c char(3))");
        var silent = " on the subscriber, which may change values without an error";

        assertThat(add())
                .containsExactly(
                        "risk: public.t: column n is numeric(10,4) on the provider and numeric(10,2)" + silent,
                        "risk: public.t: column d is timestamp with time zone on the provider and timestamp(0) with time"
                                + " zone" + silent,
                        "risk: public.t: column f is double precision on the provider and real" + silent,
                        "risk: public.t: column s is character varying(5) on the provider and character varying(3) on the"
                                + " subscriber",
                        "risk: public.t: column a is character varying(5)[] on the provider and character varying(3)[]"
                                + silent,
                        "risk: public.t: column m is numeric(10,4) on the provider and numeric(10,2)" + silent,
                        "risk: public.t: column c is text on the provider and character(3)" + silent);
    }

    @Test
    void textThatIsTooLongStopsTheTable() {
        provider.sql("create table t (id int primary key, v varchar(5))");
        subscriber.sql("create table t (id int primary key, v varchar(3))");
        add();
        job.start().awaitOk();
        provider.sql("insert into t values (1, 'abcde')");

        awaitReason("value too long for type character varying(3)");
        assertContinuesAfter("alter table t alter v type varchar(5)");
    }

    @Test
    void aValueThatDoesNotFitIsNamedByItsColumnAndRow() {
        provider.sql("create table t (id int primary key, v text, n bigint)");
        subscriber.sql("create table t (id int primary key, v text, n smallint)");
        add();
        job.start().awaitOk();
        provider.sql(
                "insert into t select i, 'v', i from generate_series(1, 100) as i; update t set n = 70000 where id = 7;"
                        + " delete from t where id = 8; insert into t values (200, 'w', null)");
        awaitReason("column n (smallint) cannot hold the value of event");
        assertThat(subscriber.sql("select reason from londiste.subscriber_table"))
                .matches(
                        "column n \\(smallint\\) cannot hold the value of event \\d+, row \\{\"id\":7\\}: value \"70000\" is out of"
                                + " range for type smallint");

        subscriber.sql("select londiste.subscriber_resync_table('queue', 't')");
        awaitReason("value \"70000\" is out of range for type smallint (column n)");
        assertContinuesAfter("alter table t alter n type bigint");
    }

    @Test
    void keysThatDifferAreNamedInTheReason() {
        provider.sql("create table t (id int primary key, code int)");
        subscriber.sql("create table t (id int, code int primary key)");
        job.add("t").start().awaitOk();
        provider.sql("insert into t values (1, 5), (2, 5)");

        awaitReason(
                "Key (code)=(5) already exists; the primary key is (id) on the provider and (code) on the subscriber:"
                        + " make them the same");
        assertContinuesAfter("alter table t drop constraint t_pkey, add primary key (id)");
    }

    @Test
    void anUnloggedTableIsRefused() {
        onBoth(T);
        subscriber.sql("alter table t set unlogged");

        assertRefused("table public.t is unlogged on the subscriber: a crash of the server empties it; make it logged"
                + " (alter table public.t set logged)");
        subscriber.sql("alter table t set logged");
        assertThat(check()).isEmpty();
    }

    @Test
    void valuesThatADomainRejectsStopTheTable() {
        provider.sql(T);
        subscriber.sql("create domain short as text constraint is_short check (length(value) < 3);"
                + " create table t (id int primary key, v short)");
        add();
        job.start().awaitOk();
        provider.sql("insert into t values (1, 'abcde')");

        awaitReason("value for domain short violates check constraint \"is_short\"");
        assertThat(subscriber.sql("select reason from londiste.subscriber_table"))
                .startsWith("column v (public.short) cannot hold the value of event ");
        assertContinuesAfter("alter domain short drop constraint is_short");
    }

    @Test
    void aKeyThatIsNotUniqueOnTheSubscriberStopsTheTable() {
        provider.sql(T);
        provider.sql("insert into t values (1, 'a'), (2, 'b'), (3, 'c')");
        subscriber.sql("create table t (id int, v text)");
        job.add("t").start().awaitOk();
        subscriber.sql("delete from t where id = 2; insert into t values (1, 'a')");

        provider.sql("update t set v = 'new' where id < 3"); // two rows on either side

        awaitReason("2 rows of the subscriber's table have the same key (id)");
        assertContinuesAfter("delete from t where ctid = (select max(ctid) from t where id = 1)");
    }

    @Test
    void foreignKeysThatOnlyTheSubscriberCascadesAreReported() {
        onBoth("create table parent (id int primary key); create table t (id int primary key, parent int)");
        provider.sql("alter table t add foreign key (parent) references parent");
        subscriber.sql("alter table t add constraint f foreign key (parent) references parent on delete cascade");
        job.add("parent");

        assertThat(add())
                .containsExactly(
                        "risk: public.t: foreign key f changes or deletes rows together with rows of public.parent"
                                + " on the subscriber, and not so on the provider");
    }

    @Test
    void columnPrivilegesAreNotEnough() {
        onBoth(T);
        var role = role(subscriber, "");
        subscriber.sql("grant select, delete, truncate on t to " + role
                + "; grant insert (id, v), update (id, v) on t to " + role);

        assertThatThrownBy(this::add)
                .hasMessageContaining("it needs INSERT, UPDATE (GRANT INSERT, UPDATE ON public.t TO " + role
                        + "); nothing was changed");
    }

    @Test
    void aRightThatIsRevokedIsNamedWithItsGrant() {
        onBoth(T);
        var role = role(subscriber, "");
        subscriber.sql("grant select, insert, update, delete, truncate on t to " + role);
        assertThat(add()).isEmpty();
        job.start().awaitOk();
        provider.sql("insert into t values (1, 'a')");
        job.awaitReplay();

        subscriber.sql("revoke update on t from " + role);
        provider.sql("update t set v = 'b'");

        awaitReason("on the subscriber, role " + role + " lacks UPDATE on public.t (GRANT UPDATE ON public.t TO " + role
                + ")");
        assertContinuesAfter("grant update on t to " + role);
    }

    @Test
    void aRightThatACopyLacksOnTheProviderIsNamedWithItsGrant() {
        onBoth(T);
        var role = role(provider, "in role pgq_admin");
        provider.sql("grant select on t to " + role);
        add();
        provider.sql("revoke select on t from " + role);

        job.start();

        awaitReason("on the provider, role " + role + " lacks SELECT on public.t (GRANT SELECT ON public.t TO " + role
                + ")");
        provider.sql("grant select on t to " + role);
        assertContinuesAfter("select 1");
    }
}
