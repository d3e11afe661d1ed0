package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SequenceCommandsIT extends JobFixture {
    @BeforeEach
    void tables() {
        onBoth("""
                create schema sales;
                create table item (id serial primary key, other bigint generated always as identity);
                create sequence a;
                create sequence sales.b;
                create sequence sales."Odd Name";
                """);
        install();
    }

    private void fails(String message, String... command) {
        var before = registered();

        var result = terminal.londiste(command);

        assertThat(result).isEqualTo(new Terminal.Result(1, "", "londiste: " + message + "\n"));
        assertThat(registered()).isEqualTo(before);
    }

    private String registered() {
        return provider.sql("select seq_name from londiste.provider_seq order by nr") + " / "
                + subscriber.sql("select seq_name from londiste.subscriber_seq order by nr");
    }

    private static String at(Db db) {
        return db.name() + " at " + db.host() + ":" + db.port();
    }

    @Test
    void theProvidersAreAddedListedAndRemoved() {
        provider.sql("select nextval('a'), nextval('a')");

        assertThat(terminal.londiste(config, "provider", "add-seq", "sales.*", "a")
                        .err())
                .isEqualTo("Added sales.\"Odd Name\"\nAdded sales.b\nAdded public.a\n");
        assertThat(terminal.londiste(config, "provider", "add-seq", "a").err())
                .isEqualTo("public.a is registered already\n");
        assertThat(terminal.londiste(config, "provider", "add-seq", "--all").err())
                .isEqualTo("Added public.item_id_seq\nAdded public.item_other_seq\n");
        assertThat(terminal.londiste(config, "provider", "add-seq", "--all").err())
                .isEqualTo("All sequences are registered already\n");
        assertThat(terminal.ok(config, "provider", "seqs").lines())
                .containsExactly(
                        "sales.\"Odd Name\"", "sales.b", "public.a", "public.item_id_seq", "public.item_other_seq");

        terminal.ok(config, "provider", "remove-seq", "sales.*", "item_id_seq");

        assertThat(terminal.ok(config, "provider", "seqs", "--json")).isEqualTo("""
                [
                  {"name":"public.a","last_value":2,"is_called":true,"problem":null},
                  {"name":"public.item_other_seq","last_value":1,"is_called":false,"problem":null}
                ]
                """);

        terminal.ok(config, "provider", "remove-seq", "--all");
        assertThat(terminal.ok(config, "provider", "seqs")).isEmpty();
    }

    @Test
    void theSubscribersAreAddedListedAndRemoved() {
        terminal.ok(config, "provider", "add-seq", "a", "sales.b");
        provider.sql("select setval('a', 41), setval('sales.b', 5, false)");

        var added = terminal.londiste(config, "subscriber", "add-seq", "a", "item_id_seq");

        assertThat(added.code()).isZero();
        assertThat(added.err())
                .isEqualTo("WARN: Skipping public.item_id_seq: not registered on the provider\nAdded public.a\n");
        assertThat(terminal.londiste(config, "subscriber", "add-seq", "--all").err())
                .isEqualTo("public.a is subscribed already\nAdded sales.b\n");
        assertThat(terminal.ok(config, "subscriber", "seqs")).isEqualTo("""
                Sequence                                     Provider             Subscriber
                public.a                                           41                    (1)
                sales.b                                           (5)                    (1)
                """);

        terminal.ok(config, "provider", "remove-seq", "a");
        subscriber.sql("drop sequence sales.b");

        assertThat(terminal.ok(config, "subscriber", "seqs")).isEqualTo("""
                Sequence                                     Provider             Subscriber
                public.a                                            -                    (1)   is no longer registered on the provider
                sales.b                                           (5)                      -   does not exist in database %s
                """.formatted(subscriber.name()));
        assertThat(terminal.ok(config, "subscriber", "seqs", "--json").lines())
                .contains(
                        "  {\"name\":\"sales.b\",\"last_value\":null,\"is_called\":null,\"provider_last_value\":5,\"provider_is_called\":false,"
                                + "\"reason\":\"does not exist in database " + subscriber.name() + "\"}");

        terminal.ok(config, "subscriber", "remove-seq", "sales.?");
        assertThat(terminal.ok(config, "subscriber", "seqs").lines()).hasSize(2);
        terminal.ok(config, "subscriber", "remove-seq", "--all");
        assertThat(registered()).isEqualTo("sales.b / ");
    }

    @Test
    void aNewOneNeedsNotWaitForAnIdleQueue() {
        terminal.ok(config, "provider", "add-seq", "a");
        long before = provider.number("select last_value from pgq.event_1_id_seq");

        terminal.ok(config, "subscriber", "add-seq", "a");

        assertThat(provider.number("select last_value from pgq.event_1_id_seq")).isGreaterThan(before);
    }

    @Test
    void otherDefinitionsAreSaid() {
        subscriber.sql("alter sequence a as smallint increment -1 no maxvalue cycle");
        terminal.ok(config, "provider", "add-seq", "a", "sales.b");

        assertThat(terminal.londiste(config, "subscriber", "add-seq", "--all").err())
                .isEqualTo(
                        "Added public.a\nAdded sales.b\nWARN: public.a is AS bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807"
                                + " on the provider and AS smallint INCREMENT -1 MINVALUE 1 MAXVALUE 32767 CYCLE on the subscriber\n");
    }

    @Test
    void whatCannotBeAddedChangesNothing() {
        var role = provider.role("r", "login password 'p'");
        provider.sql("grant usage on schema londiste, pgq, public to " + role + "; grant pgq_admin to " + role
                + "; grant all on all tables in schema londiste to " + role
                + "; grant all on all sequences in schema londiste to " + role
                + "; grant execute on all functions in schema londiste to " + role + "; grant select on sequence a to "
                + role);

        fails(
                "provider " + at(provider)
                        + ": no such sequence: public.nix; not a sequence: public.item; nothing was changed",
                config,
                "provider",
                "add-seq",
                "a",
                "nix",
                "item");
        fails(
                "provider " + at(provider) + ": not registered in queue queue: public.a; nothing was changed",
                config,
                "provider",
                "remove-seq",
                "a");
        fails("there is none that fits nix*; nothing was changed", config, "provider", "add-seq", "nix*");

        subscriber.sql("drop sequence sales.b");
        terminal.ok(config, "provider", "add-seq", "a", "sales.b");
        fails(
                "subscriber " + at(subscriber) + ": no such sequence: sales.b; nothing was changed",
                config,
                "subscriber",
                "add-seq",
                "--all");
        fails(
                "subscriber " + at(subscriber) + ": not registered in queue queue: public.a; nothing was changed",
                config,
                "subscriber",
                "remove-seq",
                "a");

        terminal.ok(config, "provider", "remove-seq", "--all");
        config = terminal.job(
                provider.libpq().replaceFirst("user=.*", "user=" + role + " password=p"), subscriber.libpq());
        fails(
                "provider " + at(provider) + ": missing privilege SELECT: public.item_id_seq; nothing was changed",
                config,
                "provider",
                "add-seq",
                "a",
                "item_id_seq");
        assertThat(terminal.londiste(config, "provider", "add-seq", "--all").errLines())
                .contains("WARN: Skipping public.item_id_seq: missing privilege SELECT", "Added public.a");
    }

    @Test
    void theSubscribersAreListedWithoutTheProvider() {
        terminal.ok(config, "provider", "add-seq", "a");
        terminal.ok(config, "subscriber", "add-seq", "a");
        config = terminal.job("host=127.0.0.1 port=1 dbname=d user=u password=p", subscriber.libpq());

        var result = terminal.londiste(config, "subscriber", "seqs");

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("public.a                                            -                    (1)\n");
        assertThat(result.err()).startsWith("WARN: provider d at 127.0.0.1:1: no server answers there");
    }

    @Test
    void wrongUsageIsSaid() {
        for (var command : new String[][] {
            {"provider", "add-seq"}, {"provider", "remove-seq"}, {"subscriber", "add-seq"}, {"subscriber", "remove-seq"}
        }) {
            var none = terminal.londiste(config, command[0], command[1]);
            assertThat(none.code()).isEqualTo(2);
            assertThat(none.errLines()).first().isEqualTo("londiste: no sequence given");
            var both = terminal.londiste(config, command[0], command[1], "--all", "a");
            assertThat(both.code()).isEqualTo(2);
            assertThat(both.errLines()).first().isEqualTo("londiste: --all cannot be combined with names");
        }
        for (var side : new String[] {"provider", "subscriber"}) {
            assertThat(terminal.londiste(config, side, "seqs", "a").code()).isEqualTo(2);
        }
    }
}
