package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a table is replicated as, declared and shown on the command line. */
class MappingCommandsIT extends JobFixture {
    private static final String TABLE =
            "create table customer (id int primary key, country text, \"E mail\" text, created timestamptz)";

    private static String line(String table) {
        return "%-30s   %20s".formatted(table, "NEW");
    }

    @Test
    void whatIsDeclaredIsShown() {
        install();
        onBoth(TABLE + "; create table plain (id int primary key)");
        terminal.ok(config, "provider", "add", "--all");

        var added = terminal.londiste(
                config,
                "subscriber",
                "add",
                "customer",
                "--where",
                "country in ('DE', 'FR')\n and created >= '2026-01-01'",
                "--columns",
                "id,country \"E mail\"",
                "--set",
                "\"E mail\"=md5(\"E mail\") || '='");
        terminal.ok(config, "subscriber", "add", "plain");

        var shown =
                "where ((country = ANY (ARRAY['DE'::text, 'FR'::text])) AND (created >= '2026-01-01 00:00:00+00'::timestamp with"
                        + " time zone)); columns id, country, E mail; set E mail = (md5(\"E mail\") || '='::text)";
        assertThat(added.code()).isZero();
        assertThat(added.err()).isEqualTo("Added public.customer: " + shown + "\n");
        assertThat(terminal.ok(config, "subscriber", "tables").lines())
                .containsExactly(
                        "Table                                           State",
                        line("public.customer") + "   [" + shown + "]",
                        line("public.plain"));
        assertThat(terminal.ok(config, "subscriber", "tables", "--json"))
                .contains("\"replicated_as\":\"" + shown.replace("\"", "\\\"") + "\"", "\"replicated_as\":\"\"");
    }

    @Test
    void aTableOfAnotherNameIsCalledByIt() {
        install();
        provider.sql(TABLE);
        subscriber.sql("create schema crm; " + TABLE.replace("customer", "crm.people"));
        terminal.ok(config, "provider", "add", "customer");

        var missing = terminal.londiste(config, "subscriber", "add", "customer", "--dest-table", "crm.persons");
        var added = terminal.londiste(config, "subscriber", "add", "customer", "--dest-table", "crm.people");

        assertThat(missing.err()).contains("no such table: crm.persons; nothing was changed");
        assertThat(added.err()).isEqualTo("Added crm.people: from public.customer\n");
        assertThat(terminal.ok(config, "subscriber", "tables").lines())
                .last()
                .isEqualTo(line("crm.people") + "   [from public.customer]");
        assertThat(terminal.ok(config, "subscriber", "missing")).isEmpty();
        assertThat(terminal.ok(config, "subscriber", "check")).isEmpty();
        assertThat(terminal.londiste(config, "subscriber", "remove", "customer").err())
                .contains("not subscribed in queue queue: public.customer");
        terminal.ok(config, "subscriber", "remove", "crm.people");
        assertThat(terminal.ok(config, "subscriber", "missing"))
                .isEqualTo("Table: public.customer   does not exist on the subscriber\n");
    }

    @Test
    void whatIsWrongIsSaidAndNothingIsChanged() {
        install();
        onBoth(TABLE);
        terminal.ok(config, "provider", "add", "--all");

        var stable = terminal.londiste(config, "subscriber", "add", "customer", "--where", "created < now()");
        var noExpression = terminal.londiste(config, "subscriber", "add", "customer", "--set", "country");

        assertThat(stable.code()).isEqualTo(1);
        assertThat(stable.err())
                .isEqualTo(
                        "londiste: public.customer: --where: generation expression is not immutable (only functions and casts"
                                + " that are immutable may be used, whose result depends on nothing but their arguments: not on"
                                + " the time, the time zone or other rows); nothing was changed\n");
        assertThat(noExpression.code()).isEqualTo(2);
        assertThat(subscriber.number("select count(*) from londiste.subscriber_table"))
                .isZero();
    }

    @Test
    void aRoleWithoutTemporaryTablesIsToldWhatItNeeds() {
        install();
        onBoth(TABLE);
        terminal.ok(config, "provider", "add", "--all");
        var role = provider.role("r", "login password 'p'");
        provider.sql("revoke temporary on database " + provider.name() + " from public; grant select on customer to "
                + role + "; grant usage on schema londiste, pgq to " + role
                + "; grant select on all tables in schema londiste, pgq to " + role
                + "; grant execute on all functions in schema londiste, pgq to " + role);
        var other = terminal.job(
                provider.libpq().replaceFirst("user=.*", "user=" + role + " password=p"), subscriber.libpq());

        var refused = terminal.londiste(other, "subscriber", "add", "customer", "--where", "country = 'DE'");

        assertThat(refused.err())
                .contains(
                        "to check --where, --shard and --set, the provider needs a temporary table",
                        "GRANT TEMPORARY ON DATABASE");
        assertThat(subscriber.number("select count(*) from londiste.subscriber_table"))
                .isZero();
    }
}
