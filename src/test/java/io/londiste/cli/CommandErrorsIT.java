package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.daemon.PidFile;
import io.londiste.test.Db;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a new user gets wrong: each ends with 1 and one clear line, and leaves both databases as they were. */
class CommandErrorsIT extends JobFixture {
    /** All that our commands could have changed. */
    private static final String STATE = """
            select coalesce(string_agg(line, chr(10) order by line), '') from (
              select 'table ' || relnamespace::regnamespace || '.' || relname from pg_class
              union all select 'function ' || oid::regprocedure from pg_proc
                where pronamespace::regnamespace::text not in ('pg_catalog', 'information_schema')
              union all select 'trigger ' || tgname || ' on ' || tgrelid::regclass from pg_trigger
              union all select 'schema ' || nspname from pg_namespace where nspname not like 'pg\\_%') as objects (line)
            """;

    @BeforeEach
    void databases() {
        provider.sql("create table t (id int primary key, v text); create table keyless (i int)");
        subscriber.sql("create table t (id int primary key, v text)");
    }

    private String state() {
        var rows = "select coalesce(string_agg(r::text, ' '), '') from %s as r";
        var installed = provider.number("select count(*) from pg_namespace where nspname = 'londiste'") == 1;
        return provider.sql(STATE)
                + subscriber.sql(STATE)
                + (installed
                        ? provider.sql(rows.formatted("londiste.provider_table"))
                                + provider.sql(rows.formatted("pgq.subscription"))
                        : "");
    }

    private void fails(String message, String... command) {
        var before = state();

        var result = terminal.londiste(command);

        assertThat(result.errLines())
                .as(result.toString())
                .singleElement()
                .asString()
                .isEqualTo("londiste: " + message);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).doesNotContain(provider.password());
        assertThat(state()).isEqualTo(before);
    }

    private String at(Db db) {
        return db.name() + " at " + db.host() + ":" + db.port();
    }

    private void failsEverywhere(String message) {
        for (var command : List.of("install", "tables", "add t")) {
            fails(message, (config + " provider " + command).split(" "));
        }
        fails(message, config, "replay");
        fails(message, config, "-d", "replay");
    }

    @Test
    void noSuchHost() {
        config = terminal.job("host=nowhere.invalid dbname=d user=u password=p", subscriber.libpq());

        failsEverywhere("provider d at nowhere.invalid:5432: no such host; check provider_db in " + config);
    }

    @Test
    void noServer() {
        config = terminal.job("host=127.0.0.1 port=1 dbname=d user=u password=p", subscriber.libpq());

        fails(
                "provider d at 127.0.0.1:1: no server answers there; check provider_db in " + config,
                config,
                "provider",
                "tables");
    }

    @Test
    void wrongPassword() {
        var role = provider.role("r", "login password 'right'");
        config = terminal.job(
                provider.libpq().replaceFirst("user=.*", "user=" + role + " password=wrong"), subscriber.libpq());

        failsEverywhere("provider " + at(provider) + ": wrong password for user " + role + "; check provider_db in "
                + config + ", PGPASSWORD and ~/.pgpass");
    }

    @Test
    void noPassword() {
        config = terminal.job(provider.libpq().replaceFirst("password=.*", "passfile=/nowhere"), subscriber.libpq());

        var result = terminal.londiste(config, "provider", "tables");

        assertThat(result.err())
                .startsWith("londiste: provider " + at(provider) + ": no password for user postgres (")
                .endsWith("; check provider_db in " + config + "\n");
        assertThat(terminal.londiste(config, "replay").err())
                .as("it does not wait")
                .isEqualTo(result.err());
    }

    @Test
    void noEncryption() {
        config = terminal.job(provider.libpq() + " sslmode=require", subscriber.libpq());

        failsEverywhere("provider " + at(provider) + ": no encrypted connection (The server does not support SSL.);"
                + " check provider_db in " + config);
    }

    @Test
    void noSuchDatabase() {
        config = terminal.job(provider.libpq().replace("dbname=" + provider.name(), "dbname=nix"), subscriber.libpq());

        failsEverywhere("provider nix at " + provider.host() + ":" + provider.port()
                + ": no such database; check provider_db in " + config);
    }

    @Test
    void missingRights() {
        var role = provider.role("r", "login password 'p'");
        var asRole = provider.libpq().replaceFirst("user=.*", "user=" + role + " password=p");
        config = terminal.job(asRole, subscriber.libpq());

        var result = terminal.londiste(config, "provider", "install");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.errLines()).singleElement().asString().contains(role, "privilege", "CREATE", provider.name());

        config = terminal.job(provider, subscriber);
        install();
        config = terminal.job(asRole, subscriber.libpq());
        fails(
                "provider " + at(provider) + ": user " + role
                        + " lacks a privilege: permission denied for schema londiste; londiste " + config
                        + " check shows what is missing",
                config,
                "provider",
                "add",
                "t");
    }

    @Test
    void allMissingRightsAreNamedAtOnce() {
        var role = provider.role("r", "login password 'p'");
        provider.sql("create schema s; create table s.a (id int primary key); create table b (id int primary key);"
                + " grant create on database " + provider.name() + " to " + role + "; grant select, trigger on b to "
                + role
                + "; grant select on t to " + role);
        config = terminal.job(
                provider.libpq().replaceFirst("user=.*", "user=" + role + " password=p"), subscriber.libpq());
        terminal.ok(config, "provider", "install");
        var lacks = "role " + role + " lacks %s on %s (GRANT %1$s ON %3$s%2$s TO " + role + ")";
        var missing = "provider " + at(provider) + ": " + lacks.formatted("USAGE", "s", "SCHEMA ") + "; "
                + lacks.formatted("SELECT, TRIGGER", "s.a", "") + "; " + lacks.formatted("TRIGGER", "public.t", "");

        fails(missing + "; nothing was changed", config, "provider", "add", "b", "t", "s.a");
        var all = terminal.londiste(config, "provider", "add", "--all");

        assertThat(all.err())
                .isEqualTo("WARN: Skipping public.keyless: no primary key\nAdded public.b\nlondiste: " + missing
                        + "; the other tables were added\n");
        assertThat(all.code()).isEqualTo(1);
        assertThat(terminal.ok(config, "provider", "tables")).isEqualTo("public.b\n");
    }

    @Test
    void nothingOfWhatIsWantedIsRegistered() {
        install();

        fails(
                "provider " + at(provider) + ": not registered in queue queue: public.t, public.u; nothing was changed"
                        + " (londiste " + config + " provider add registers tables)",
                config,
                "subscriber",
                "add",
                "t",
                "u");
        fails(
                "provider " + at(provider) + ": not registered in queue queue: public.s; nothing was changed (londiste "
                        + config + " provider add-seq registers sequences)",
                config,
                "subscriber",
                "add-seq",
                "s");
    }

    @Test
    void nothingInstalled() {
        var message = "provider " + at(provider) + ": schema londiste is not installed; run: londiste " + config
                + " provider install";
        fails(message, config, "provider", "tables");
        fails(message, config, "provider", "add", "t");
        fails(message, config, "replay");
        fails(
                "subscriber " + at(subscriber) + ": schema londiste is not installed; run: londiste " + config
                        + " subscriber install",
                config,
                "subscriber",
                "tables");
    }

    @Test
    void queueNotInstalled() {
        install();
        provider.sql("select pgq.drop_queue('queue')");

        var message = "provider " + at(provider) + ": queue queue is not installed; run: londiste " + config
                + " provider install";
        fails(message, config, "provider", "add", "t");
        fails(message, config, "subscriber", "add", "t");
        fails(message, config, "subscriber", "register");
        fails(message, config, "replay");
    }

    @Test
    void tablesOfATreeAreCapturedOnce() {
        install();
        provider.sql("create table tree (id int primary key); create table branch (primary key (id)) inherits (tree);"
                + "create table leaf (primary key (id)) inherits (branch)");

        fails(
                "provider " + at(provider)
                        + ": captured as a whole with table public.tree: public.leaf; nothing was changed",
                config,
                "provider",
                "add",
                "t",
                "tree",
                "leaf");
        assertThat(terminal.londiste(config, "provider", "add", "branch").code())
                .isZero();
        fails(
                "provider " + at(provider)
                        + ": over table public.branch, which is captured by itself: public.tree; nothing was changed",
                config,
                "provider",
                "add",
                "tree");
        assertThat(provider.rows("select table_name from londiste.provider_table"))
                .containsExactly("public.branch");
    }

    @Test
    void noSuchTableAndNoPrimaryKey() {
        install();

        fails(
                "provider " + at(provider)
                        + ": no such table: public.nix; no primary key: public.keyless; nothing was changed",
                config,
                "provider",
                "add",
                "t",
                "nix",
                "keyless");
        fails(
                "provider " + at(provider)
                        + ": part of the server, the queue or the replication: pgq.tick; part of the server, the queue"
                        + " or the replication: londiste.completed; nothing was changed",
                config,
                "provider",
                "add",
                "t",
                "pgq.tick",
                "londiste.completed");
        fails(
                "provider " + at(provider) + ": not registered in queue queue: public.nix; nothing was changed",
                config,
                "provider",
                "remove",
                "nix");
        fails(
                "subscriber " + at(subscriber) + ": not subscribed in queue queue: public.t; nothing was changed",
                config,
                "subscriber",
                "remove",
                "t");
    }

    @Test
    void structureThatDiffers() {
        install();
        provider.sql(
                "create table u (a int, b int, c text, primary key (a, b)); create table gone (i int primary key)");
        subscriber.sql("create table u (a int primary key, b int, extra int)");
        terminal.ok(config, "provider", "add", "t", "u", "gone");

        fails(
                "subscriber " + at(subscriber)
                        + ": no such table: public.gone; nothing was changed (--create creates tables that are missing)",
                config,
                "subscriber",
                "add",
                "t",
                "gone");
        fails(
                "public.u: the subscriber's table has no column c; public.u: the primary key is (a, b) on the provider"
                        + " and (a) on the subscriber: make them the same; the replay finds rows by the provider's key; nothing"
                        + " was changed (--force adds tables that differ)",
                config,
                "subscriber",
                "add",
                "-q",
                "t",
                "u");
    }

    @Test
    void lockedTable() throws Exception {
        install();
        try (var other = provider.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("insert into t values (1)");

            fails(
                    "provider " + at(provider)
                            + ": another session held a lock for longer than lock_timeout (1.0 s); try again (canceling statement due to lock timeout)",
                    config,
                    "provider",
                    "add",
                    "t");
            other.rollback();
        }
    }

    @Test
    void replayStartedTwice() {
        install();
        var running = PidFile.take(directory.resolve("job.pid"));
        try (running) {
            fails(
                    "already running as process " + ProcessHandle.current().pid() + " (" + directory + "/job.pid)",
                    config,
                    "-d",
                    "replay");
            fails(
                    "already running as process " + ProcessHandle.current().pid() + " (" + directory + "/job.pid)",
                    config,
                    "replay");
        }
    }

    @Test
    void tickerWithoutPgq() {
        var ticker = terminal.file(
                "ticker.ini", "[pgqadm]\ndb = " + provider.libpq() + "\npidfile = " + directory + "/t.pid\n");
        for (var place : List.of("-q", "-d")) {
            var result = terminal.pgqadm(place, ticker, "ticker");

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.errLines())
                    .containsExactly("pgqadm: database " + at(provider) + ": pgq is not installed; run: pgqadm "
                            + ticker + " install");
        }
    }
}
