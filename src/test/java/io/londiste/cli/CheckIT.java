package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckIT extends JobFixture {
    @BeforeEach
    void replicate() {
        install();
        onBoth("""
                create table t (id int primary key, v varchar(10), n int, x bigint);
                create table child (id int primary key, t int references t);
                """);
        terminal.ok(config, "provider", "add", "--all");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "t");
    }

    private Terminal.Result check(String... more) {
        var result = terminal.londiste(config, "subscriber", "check", more.length == 0 ? "-q" : more[0]);
        assertThat(result.err()).isIn("", "Compared 1 tables\n", "Compared 2 tables\n");
        return result;
    }

    @Test
    void nothingIsWrongWithEqualTables() {
        terminal.ok(config, "subscriber", "add", "child");

        assertThat(check()).isEqualTo(new Terminal.Result(0, "", ""));
        assertThat(check("--json").out()).isEqualTo("[ ]\n");
    }

    @Test
    void notesDoNoHarm() {
        subscriber.sql("""
                alter table t alter v type text, alter n type bigint, add own text,
                  add filled int not null default 1, add counted int generated always as identity not null;
                """);

        var result = check();

        assertThat(result.out().lines())
                .containsExactly(
                        "note: public.t: column v is character varying(10) on the provider and text on the subscriber",
                        "note: public.t: column n is integer on the provider and bigint on the subscriber",
                        "note: public.t: the provider's table has no column own",
                        "note: public.t: the provider's table has no column filled",
                        "note: public.t: the provider's table has no column counted",
                        "note: public.t: foreign key child_t_fkey of public.child, which is not subscribed, may keep rows"
                                + " from being deleted");
        assertThat(result.code()).isZero();
    }

    @Test
    void risksAndErrorsEndWithOne() {
        terminal.ok(config, "subscriber", "remove", "t");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "child");

        var alone = check();

        assertThat(alone.out())
                .isEqualTo(
                        "risk: public.child: foreign key child_t_fkey needs rows of public.t, which is not subscribed\n");
        assertThat(alone.code()).isEqualTo(1);

        terminal.ok(config, "subscriber", "add", "--expect-sync", "t");
        provider.sql("alter table t add more text");
        subscriber.sql("""
                alter table t alter v set not null, alter x type int, add own text not null;
                alter table child drop constraint child_pkey""");

        var result = check();

        assertThat(result.out().lines())
                .containsExactly(
                        "error: public.child: the primary key is (id) on the provider and missing on the subscriber:"
                                + " make them the same; the replay finds rows by the provider's key",
                        "error: public.t: the subscriber's table has no column more",
                        "error: public.t: the provider's table has no column own, which is NOT NULL and has no default",
                        "risk: public.t: column v is NOT NULL on the subscriber, and may be null on the provider",
                        "risk: public.t: column x is bigint on the provider and integer on the subscriber");
        assertThat(result.code()).isEqualTo(1);

        var json = check("--json");

        assertThat(json.code()).isEqualTo(1);
        assertThat(json.out())
                .startsWith(
                        "[\n  {\"name\":\"public.child\",\"severity\":\"error\",\"problem\":\"the primary key is (id) on");
    }

    @Test
    void partitionsBelongToTheirTable() {
        terminal.ok(config, "subscriber", "remove", "t");
        onBoth("""
                create table buyer (id int primary key);
                create table payment (id int, day int, buyer int, primary key (id, day)) partition by range (day);
                create table payment_1 partition of payment for values from (1) to (2);
                create table payment_2 partition of payment for values from (2) to (3);
                alter table payment_1 add foreign key (buyer) references buyer;
                alter table payment_2 add foreign key (buyer) references buyer, add foreign key (buyer, id) references payment_1;
                """);
        terminal.ok(config, "provider", "add", "buyer", "payment");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "buyer", "payment");

        assertThat(check()).isEqualTo(new Terminal.Result(0, "", ""));

        terminal.ok(config, "subscriber", "remove", "buyer");
        assertThat(check().out().lines())
                .containsExactly(
                        "risk: public.payment: foreign key payment_1_buyer_fkey needs rows of public.buyer, which is not subscribed",
                        "risk: public.payment: foreign key payment_2_buyer_fkey needs rows of public.buyer, which is not subscribed");
    }

    @Test
    void tablesThatAreGoneAreErrors() {
        terminal.ok(config, "subscriber", "add", "--expect-sync", "child");
        terminal.ok(config, "provider", "remove", "t");
        subscriber.sql("drop table child");
        provider.sql("drop table t cascade");

        var result = check();

        assertThat(result.out().lines())
                .containsExactly(
                        "error: public.t: not registered on the provider",
                        "error: public.t: no such table on the provider",
                        "error: public.child: no such table on the subscriber");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void missingRightsAreReported() {
        terminal.ok(config, "subscriber", "remove", "t");
        var role = subscriber.role("plain", "login password 'p'");
        subscriber.sql("create table of_other (id int primary key references t);"
                + " grant usage on schema londiste to " + role
                + "; grant execute on all functions in schema londiste to " + role
                + "; grant all on all tables in schema londiste to "
                + role
                + "; grant select, delete, truncate on t to " + role);
        var asPlain = subscriber.libpq().replaceFirst("user=.*", "user=" + role + " password=p");
        terminal.job(provider.libpq(), asPlain);

        var add = terminal.londiste(config, "subscriber", "add", "t");

        var lacking = "public.t: role " + role + " may not write it on the subscriber: it needs INSERT, UPDATE"
                + " (GRANT INSERT, UPDATE ON public.t TO " + role + ")";
        assertThat(add.err())
                .isEqualTo("londiste: " + lacking + "; nothing was changed (--force adds tables that differ)\n");

        terminal.job(provider, subscriber);
        terminal.ok(config, "subscriber", "add", "--expect-sync", "t");
        terminal.job(provider.libpq(), asPlain);

        var check = check();

        assertThat(check.code()).isEqualTo(1);
        assertThat(check.out().lines())
                .contains(
                        "error: " + lacking,
                        "risk: public.t: a copy drops triggers and foreign keys and creates them again, for which"
                                + " role " + role + " must own public.child, public.of_other");
    }

    @Test
    void addReportsWhatCheckWould() {
        terminal.ok(config, "subscriber", "remove", "t");
        subscriber.sql("alter table t add own int not null");
        var add = new String[] {config, "subscriber", "add", "--force", "t"};

        assertThat(terminal.londiste(config, "subscriber", "add", "t").err())
                .isEqualTo("londiste: public.t: the provider's table has no column own, which is NOT NULL and has no"
                        + " default; nothing was changed (--force adds tables that differ)\n");
        assertThat(terminal.londiste(add).err().lines())
                .containsExactly(
                        "WARN: public.t: the provider's table has no column own, which is NOT NULL and has no default",
                        "Added public.t");
    }
}
