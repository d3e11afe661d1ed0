package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.PgBouncer;
import io.londiste.test.PostgresPair;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code londiste check} and {@code pgqadm check}. */
class SetupCheckIT extends JobFixture {
    private static final Pattern GRANT = Pattern.compile("\\((GRANT [^()]+)\\)");
    private static final int ROUNDS = 4;

    private Terminal.Result check(String... more) {
        var command = new ArrayList<>(List.of(config, "check"));
        command.addAll(List.of(more));
        var result = terminal.londiste(command.toArray(String[]::new));
        assertThat(result.err()).isEmpty();
        return result;
    }

    /** The lines that begin so, without those about settings: the servers of tests are fast rather than safe. */
    private static List<String> lines(Terminal.Result result, String level) {
        return result.out()
                .lines()
                .filter(line -> line.startsWith(level) && !line.contains(" settings: f"))
                .toList();
    }

    private static String asRole(Db db, String role) {
        return db.libpq().replaceFirst("user=.*", "user=" + role + " password=p");
    }

    private void replicate() {
        install();
        onBoth("create table t (id int primary key)");
        terminal.ok(config, "provider", "add", "t");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "t");
    }

    @Test
    void aJobThatIsSetUpHasNoProblem() {
        replicate();
        provider.sql("select pgq.ticker()");

        var result = check();

        var expected = List.of(
                "ok       provider   connection: provider \\S+ at \\S+ as role \\S+, and no pooler that shares sessions is in between",
                "ok       provider   server: PostgreSQL .*",
                "ok       provider   clock: .*",
                "ok       provider   sessions: max_connections = \\d+ leaves \\d+ sessions; a replay opens about 8, and up to 26",
                "ok       provider   schema: pgq 3.5.*",
                "ok       provider   schema: londiste, version \\d+",
                "ok       provider   rights: enough for the schemas, for 1 registered tables and 0 sequences",
                "ok       provider   ticker: queue queue, last tick \\d+\\.\\d s ago",
                "ok       subscriber connection: subscriber \\S+ at \\S+ as role .*",
                "ok       subscriber server: PostgreSQL .*",
                "ok       subscriber clock: .*",
                "ok       subscriber sessions: max_connections = \\d+ leaves \\d+ sessions; a replay opens about 8, and up to 29",
                "ok       subscriber schema: londiste, version \\d+",
                "ok       subscriber rights: enough for the schema and 0 sequences",
                "ok       subscriber encoding: UTF8 on both sides",
                "ok       subscriber tables: 1 subscribed, without errors",
                "ok       subscriber replay: no replay of job runs now");
        assertThat(lines(result, "")).hasSameSizeAs(expected).zipSatisfy(expected, (line, pattern) -> assertThat(line)
                .matches(pattern));
        assertThat(result.code()).isZero();
        assertThat(check("-q").out()).doesNotContain("ok  ");
    }

    @Test
    void settingsThatEndangerDataAreWarnings() {
        provider.sql("alter database " + provider.name() + " set session_replication_role = replica");
        var expected = new ArrayList<String>();
        for (var name : List.of("fsync", "full_page_writes")) {
            if (provider.sql("show " + name).equals("off")) {
                expected.add("warning  provider   settings: " + name
                        + " = off: a crash of the server's machine may lose or damage committed data, which no replay repairs;"
                        + " switch it on");
            }
        }
        expected.add(
                "warning  provider   settings: session_replication_role = replica in sessions of this role: triggers and"
                        + " foreign keys do not act on what the program writes; reset it for the role and the database, unless you"
                        + " want that");

        assertThat(check().out().lines().filter(line -> line.matches("\\S+ +provider +settings: .*")))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void whatIsNotInstalledAndWhoMayInstallIt() {
        var role = provider.role("r", "login password 'p'");
        config = terminal.job(asRole(provider, role), subscriber.libpq());

        var result = check();

        var missing = "cannot install schema %s: role " + role + " lacks privilege CREATE on database "
                + provider.name() + " (GRANT CREATE ON DATABASE \"" + provider.name() + "\" TO \"" + role + "\")";
        var at = " at " + provider.host() + ":" + provider.port() + ": ";
        assertThat(lines(result, "problem"))
                .containsExactly(
                        "problem  provider   rights: " + missing.formatted("pgq"),
                        "problem  provider   schema: provider " + provider.name() + at
                                + "pgq is not installed; run: londiste " + config + " provider install",
                        "problem  provider   rights: " + missing.formatted("londiste"),
                        "problem  provider   schema: provider " + provider.name() + at
                                + "schema londiste is not installed; run: londiste " + config + " provider install",
                        "problem  subscriber schema: subscriber " + subscriber.name() + " at " + subscriber.host() + ":"
                                + subscriber.port() + ": schema londiste is not installed; run: londiste " + config
                                + " subscriber install");
        assertThat(result.code()).isEqualTo(1);
    }

    /** As the roles are told, until there is no problem. */
    @Test
    void theGrantsThatAreNamedAreEnough() {
        var there = provider.role("there", "login password 'p'");
        var here = subscriber.role("here", "login password 'p'");
        provider.sql("grant create on database " + provider.name() + " to " + there);
        subscriber.sql("grant create on database " + subscriber.name() + " to " + here);
        var asRoles = new String[] {asRole(provider, there), asRole(subscriber, here)};
        config = terminal.job(asRoles[0], asRoles[1]);
        install();
        onBoth("create schema \"S\"; create table \"S\".\"order\" (id int primary key) partition by range (id);"
                + " create table part partition of \"S\".\"order\" default; create sequence \"S\".n");
        terminal.job(provider, subscriber);
        terminal.ok(config, "provider", "add", "S.order");
        terminal.ok(config, "provider", "add-seq", "S.n");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "S.order");
        terminal.ok(config, "subscriber", "add-seq", "S.n");
        provider.sql("select pgq.ticker()");
        terminal.job(asRoles[0], asRoles[1]);

        var result = check();

        var grant = "problem  provider   rights: role " + there + " lacks %s on %s (GRANT %1$s ON %3$s%2$s TO " + there
                + ")";
        var onSubscriber =
                "problem  subscriber rights: role " + here + " lacks %s on %s (GRANT %1$s ON %3$s%2$s TO " + here + ")";
        assertThat(lines(result, "problem"))
                .containsExactly(
                        grant.formatted("USAGE", "\"S\"", "SCHEMA "),
                        grant.formatted("SELECT, TRIGGER", "\"S\".\"order\", public.part", ""),
                        grant.formatted("SELECT", "\"S\".n", "SEQUENCE "),
                        onSubscriber.formatted("USAGE", "\"S\"", "SCHEMA "),
                        onSubscriber.formatted("SELECT, UPDATE", "\"S\".n", "SEQUENCE "),
                        "problem  subscriber tables: \"S\".order: role " + here
                                + " may not write it on the subscriber: it needs USAGE on its schema, SELECT, INSERT, UPDATE,"
                                + " DELETE, TRUNCATE (GRANT USAGE ON SCHEMA \"S\" TO " + here
                                + "; GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON \"S\".\"order\" TO " + here
                                + ")");

        for (int i = 0; i < ROUNDS && result.code() != 0; i++) {
            grants(result, "provider").forEach(provider::sql);
            grants(result, "subscriber").forEach(subscriber::sql);
            result = check();
        }

        assertThat(lines(result, "problem")).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(lines(result, "warning"))
                .as("what only an owner can do")
                .singleElement()
                .asString()
                .contains("role " + there + " does not own table");
    }

    private static List<String> grants(Terminal.Result result, String side) {
        return result.out()
                .lines()
                .filter(line -> line.matches("problem +" + side + " .*"))
                .flatMap(line -> GRANT.matcher(line).results())
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    @Test
    void aRoleThatOwnsNothingIsToldOfWhomItHasToBeAMember() {
        replicate();
        var there = provider.role("there", "login password 'p'");
        var here = subscriber.role("here", "login password 'p'");
        config = terminal.job(asRole(provider, there), asRole(subscriber, here));

        var result = check();

        assertThat(lines(result, "problem"))
                .containsExactly(
                        "problem  provider   rights: role " + there
                                + " may not use the queues: it has to be a member of role pgq_admin (GRANT pgq_admin TO "
                                + there + ")",
                        "problem  provider   rights: schema londiste belongs to role " + provider.user()
                                + ", of which role " + there + " has to be a member (GRANT " + provider.user() + " TO "
                                + there + ")",
                        "problem  subscriber rights: schema londiste belongs to role " + subscriber.user()
                                + ", of which role " + here + " has to be a member (GRANT " + subscriber.user() + " TO "
                                + here + ")");
        grants(result, "provider").forEach(provider::sql);
        grants(result, "subscriber").forEach(subscriber::sql);
        assertThat(check().code()).isZero();
    }

    @Test
    void aServerThatDoesNotRespondKeepsTheOtherFromNothing() {
        replicate();
        config = terminal.job("host=127.0.0.1 port=1 dbname=none", subscriber.libpq());

        var result = check();

        assertThat(lines(result, "problem"))
                .containsExactly(
                        "problem  provider   connection: provider none at 127.0.0.1:1: no server answers there; check"
                                + " provider_db in " + config);
        assertThat(lines(result, "ok")).anyMatch(line -> line.startsWith("ok       subscriber schema: londiste"));
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void eventsThatNoTickerTicksAreAProblem() {
        replicate();
        provider.sql("insert into t values (1)");

        assertThat(lines(check(), "problem"))
                .singleElement()
                .asString()
                .startsWith(
                        "problem  provider   ticker: events of queue queue have been waiting for a tick for more than ")
                .contains("start it (pgqadm -d ticker.ini ticker)");
    }

    @Test
    void aPoolerThatSharesSessionsIsAProblem() throws Exception {
        replicate();
        try (var pooler = new PgBouncer(provider, "transaction", directory)) {
            config = terminal.job(pooler.libpq(provider), subscriber.libpq());

            assertThat(lines(check(), "problem"))
                    .singleElement()
                    .asString()
                    .startsWith("problem  provider   connection: ")
                    .contains("set the pooler to session pooling for this database (pgbouncer: pool_mode = session)");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5, problem, ': raise the limit, or end other sessions'",
        "12, warning, ' when everything happens at once: raise" + " the limit'"
    })
    void fewSessionsAreReported(int limit, String level, String remedy) {
        replicate();
        var role = subscriber.role(
                "few", "login password 'p' connection limit " + limit + " in role " + subscriber.user());
        config = terminal.job(provider.libpq(), asRole(subscriber, role));

        assertThat(lines(check(), level))
                .containsExactly(
                        "%-8s subscriber sessions: connection limit %d of role %s leaves %d sessions; a replay opens"
                                        .formatted(level, limit, role, limit)
                                + " about 8, and up to 29" + remedy);
    }

    @Test
    void anEncodingWithoutTheProvidersCharactersIsAWarning() throws Exception {
        try (var latin = PostgresPair.database(
                provider.major(), "encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0")) {
            config = terminal.job(provider, latin);
            install();

            assertThat(lines(check(), "warning"))
                    .containsExactly("warning  subscriber encoding: the subscriber's is LATIN1, the provider's UTF8:"
                            + " characters that LATIN1 does not have stop their table; UTF8 has all");
        }
    }

    @Test
    void differencesOfTablesAreProblemsOrWarnings() {
        replicate();
        provider.sql("alter table t add v text, add w text");
        subscriber.sql("alter table t add w varchar(3), add own int");

        var result = check();

        assertThat(lines(result, "problem"))
                .containsExactly("problem  subscriber tables: public.t: the subscriber's table has no column v");
        assertThat(lines(result, "warning"))
                .containsExactly("warning  subscriber tables: public.t: column w is text on the provider and character"
                        + " varying(3) on the subscriber");
        subscriber.sql("alter table t add v text, alter w type text");
        assertThat(lines(check(), "ok"))
                .contains("ok       subscriber tables: 1 subscribed, without errors, with 1 notes (londiste " + config
                        + " subscriber check)");
    }

    @Test
    void jsonHasEveryFinding() {
        replicate();

        var json = check("--json");

        assertThat(json.out())
                .startsWith("[\n  {\"side\":\"provider\",\"topic\":\"connection\",\"level\":\"ok\",\"text\":\"");
        assertThat(json.out().lines().filter(line -> line.contains("\"level\":\"ok\"")))
                .hasSize((int) check().out()
                        .lines()
                        .filter(line -> line.startsWith("ok "))
                        .count());
        assertThat(json.code()).isZero();
    }

    @Test
    void aTickersDatabaseIsCheckedAsWell() {
        var ticker = terminal.file("ticker.ini", "[pgqadm]\ndb = " + provider.libpq() + "\n");
        assertThat(lines(terminal.pgqadm(ticker, "check"), "problem"))
                .containsExactly("problem  database   schema: database " + provider.name() + " at " + provider.host()
                        + ":" + provider.port() + ": pgq is not installed; run: pgqadm " + ticker + " install");

        install();
        var result = terminal.pgqadm(ticker, "check");
        assertThat(lines(result, "ok"))
                .anyMatch(line -> line.matches("ok +database +sessions: .* a ticker opens about 4, and up to 8"))
                .anyMatch(line -> line.matches("ok +database +ticker: queue queue, last tick \\d.*"));
        assertThat(result.code()).isZero();

        var role = provider.role("r", "login password 'p' in role pgq_admin");
        terminal.file("ticker.ini", "[pgqadm]\ndb = " + asRole(provider, role) + "\n");
        var grant = " (GRANT " + provider.user() + " TO " + role + ")";
        assertThat(lines(terminal.pgqadm(ticker, "check"), "warning"))
                .containsExactly(
                        "warning  database   rights: schema londiste belongs to role " + provider.user()
                                + ": maintenance cannot bring its capture up to date" + grant,
                        "warning  database   rights: schema pgq belongs to role " + provider.user()
                                + ": maintenance cannot vacuum its tables" + grant);
    }
}
