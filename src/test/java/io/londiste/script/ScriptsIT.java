package io.londiste.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.cli.Terminal;
import io.londiste.pgq.PgqClient;
import io.londiste.test.ReplicationFixture;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts are executed once on each side, in order with the changes. */
class ScriptsIT extends ReplicationFixture {
    @TempDir
    Path directory;

    private Terminal terminal;
    private String config;

    @BeforeEach
    void addTables() {
        onBoth("create table a (id int primary key, v text); create table b (id int primary key, v text)");
        job.with("pidfile", directory + "/pid").with("lock_timeout", "2").add("a", "b");
        terminal = new Terminal(directory);
        config = terminal.file("conf.ini", job.ini());
        job.start().awaitOk();
    }

    private String script(String name, String sql) {
        return terminal.file(name, sql);
    }

    private Terminal.Result execute(String... words) {
        var all = new String[words.length + 3];
        all[0] = config;
        all[1] = "provider";
        all[2] = "execute";
        System.arraycopy(words, 0, all, 3, words.length);
        return terminal.londiste(all);
    }

    private String replayError() {
        return subscriber.sql("select error from londiste.completed where consumer_id = 'job'");
    }

    @Test
    void eachChangeMeetsTheStructureThatItWasMadeWith() throws SQLException {
        job.stop();
        provider.sql("insert into a values (1, 'old'); insert into b values (1, '7')");
        new PgqClient(provider.dataSource()).tickNow("queue"); // the batch has to end here first
        var executed = execute(
                script("1.sql", "alter table a rename v to w;\nalter table a add v int default 5;\ncreate schema s;"),
                script("2.sql", """
                        set search_path = s; set lock_timeout = 0; set session_replication_role = default;
                        create temporary table t (x int); create table made (id int);
                        create function f() returns int language sql as $$ select 1; $$;
                        alter table public.b alter v type int using v::int"""));
        provider.sql(
                "insert into a values (2, 'new', 6); update a set v = 9 where id = 1; insert into b values (2, 8)");
        var again = execute(script("1.sql", "select 1"));
        job.start().awaitReplay();

        assertThat(executed.code()).as(executed.err()).isZero();
        assertThat(executed.err())
                .startsWith("Executed 1.sql; the subscribers execute it in order with the changes\nExecuted 2.sql;");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("script 1.sql: it was executed already, at ", "nothing of it was changed");
        assertEqual("a", "b", "s.made");
        assertThat(subscriber.rows("select * from a order by id")).containsExactly("1|old|9", "2|new|6");
        assertThat(terminal.ok(config, "subscriber", "scripts").lines().map(line -> line.replaceFirst("\\S+ +", "")))
                .containsExactly("executed     1.sql", "executed     2.sql");
        assertThat(terminal.ok(config, "provider", "scripts", "--json")).contains("\"name\":\"2.sql\"");
        assertThat(job.states()).containsOnly("ok");
        provider.sql("insert into a values (3, 'x', 1); truncate b");
        job.awaitReplay();
        assertEqual("a", "b");
    }

    @Test
    void aTableThatIsBehindIsAwaited() {
        subscriber.sql("alter table b add constraint small check (id < 10)");
        provider.sql("insert into b values (10, 'before')");
        await("b is stopped").until(() -> job.states().get(1).equals("catching-up"));
        execute(script("3.sql", "alter table b rename v to w; alter table b add v text; alter table a add n int"));
        provider.sql("insert into a values (1, 'x', 2); insert into b values (11, 'w', 'v')");

        await("the replay waits")
                .until(() -> replayError() != null && replayError().contains("script 3.sql waits"));
        assertThat(replayError()).contains("waits until these tables are ok: public.b is catching-up and stopped: ");
        assertThat(subscriber.number("select count(*) from a")).isZero();

        subscriber.sql("alter table b drop constraint small");
        terminal.ok(config, "subscriber", "retry", "b");
        await("the script").until(() -> subscriber.number("select count(*) from londiste.subscriber_script") == 1);
        job.awaitOk().awaitReplay();
        assertEqual("a", "b");
        assertThat(subscriber.rows("select id, w, v from b order by id")).containsExactly("10|before|null", "11|w|v");

        // a copy that began after the script on the provider needs it, and is not awaited
        job.stop();
        provider.sql("create table c (id int primary key)");
        subscriber.sql("create table c (id int primary key)");
        execute(script("4.sql", "alter table c add v text"));
        provider.sql("insert into c values (1, 'x')");
        job.add("c").start();
        job.awaitOk().awaitReplay();
        assertEqual("c");
    }

    @Test
    void whatCannotBeExecutedIsSaid() {
        subscriber.sql("create table only_here ()");

        var rows = execute(script("rows.sql", "insert into a values (1)"));
        var commit = execute(script("commit.sql", "create table x ();\ncommit;"));
        var index = execute(script("index.sql", "create index concurrently on a (v)"));
        var wrong = execute(script("wrong.sql", "create table x ();\nselect 1;\nselekt 1"));
        var unknown = execute("--only", "nix", script("only.sql", "select 1"));
        var missing = execute(directory + "/missing.sql");
        var tried = execute("--check", script("tried.sql", "create table tried ()"));
        execute("--only", "a,b", script("for_both.sql", "create table for_both ()"));

        assertThat(rows.err())
                .contains(
                        "script rows.sql: it changes rows of replicated tables: public.a", "nothing of it was changed");
        assertThat(commit.err()).contains("leave out BEGIN, COMMIT and ROLLBACK");
        assertThat(index.err()).contains("execute this statement by hand on each side");
        assertThat(wrong.err()).contains("script wrong.sql: line 3: syntax error at or near \"selekt\"");
        assertThat(unknown.err()).contains("not registered in queue queue: public.nix (--only)");
        assertThat(missing.err()).contains("missing.sql (NoSuchFileException); nothing was changed");
        assertThat(tried.code()).isZero();
        assertThat(tried.err()).contains("tried.sql was not executed; it can be on the provider");
        assertThat(provider.rows("select relname from pg_class where relname in ('x', 'tried', 'for_both')"))
                .containsExactly("for_both");

        execute(script("fails.sql", "create table only_here ()"));
        provider.sql("insert into a values (5)");
        await("the error").until(() -> replayError() != null && replayError().contains("fails.sql"));
        assertThat(replayError())
                .contains(
                        "script fails.sql cannot be executed on the subscriber: relation \"only_here\" already exists",
                        "subscriber skip-script fails.sql");
        assertThat(terminal.londiste(config, "subscriber", "skip-script", "fail.sql")
                        .err())
                .contains("no script fail.sql was executed in queue queue; nothing was changed");
        terminal.ok(config, "subscriber", "skip-script", "fails.sql");
        terminal.ok(config, "subscriber", "remove", "b");
        execute("--only", "a,b", script("not_here.sql", "create table not_here ()"));
        job.awaitReplay();
        assertEqual("a", "for_both");
        assertThat(terminal.ok(config, "subscriber", "scripts").lines().map(line -> line.replaceFirst("\\S+ +", "")))
                .containsExactly("executed     for_both.sql", "skipped      fails.sql", "not needed   not_here.sql");
        assertThat(terminal.ok(config, "subscriber", "scripts", "--json"))
                .contains("\"name\":\"fails.sql\"", "\"outcome\":\"skipped\"");
        assertThat(execute("--check", directory + "/fails.sql").out())
                .contains("fails.sql: executed on the provider at ", "fails.sql: skipped on the subscriber at ");
    }
}
