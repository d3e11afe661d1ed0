package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.TableName;
import io.londiste.cli.Terminal;
import io.londiste.demo.DemoCompare;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import io.londiste.test.SteadyWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A subscriber that is itself the provider of another queue: its changes are replicated to the next. */
@ExtendWith(PostgresPair.class)
class CascadeIT {
    private static final String[] TABLES = {"parent", "child", "pair"};

    private static final String SCHEMA = """
            create table parent (id serial primary key, v text);
            create table child (id serial primary key, parent int references parent on delete cascade, v text);
            create table pair (a int, b text, n int, primary key (a, b));
            """;

    private static final String ROWS = """
            insert into parent (v) select md5(i::text) from generate_series(1, 500) i;
            insert into child (parent, v) select i, md5(i::text) from generate_series(1, 500) i, generate_series(1, 2);
            insert into pair select i, 'b' || i, 0 from generate_series(1, 100) i;
            """;

    private static final String WRITE = """
            select pg_sleep(0.01);
            with p as (insert into parent (v) values (md5(random()::text)) returning id)
            insert into child (parent, v) select id, 'new' from p, generate_series(1, 2);
            delete from parent where id in (select id from parent order by id limit 1 offset 20);
            update child set v = v || '.' where id % 100 = (random() * 100)::int;
            update pair set b = b || 'x', n = n + 1 where a = (random() * 100)::int;
            """;

    private Db first;
    private Db second;
    private Db third;
    private Job upper;
    private Job lower;

    @TempDir
    private Path directory;

    @BeforeEach
    void install(@Provider Db first, @Subscriber Db second) throws IOException {
        this.first = first;
        this.second = second;
        third = PostgresPair.database(first.major());
        first.sql(SCHEMA + ROWS);
        second.sql(SCHEMA);
        third.sql(SCHEMA);
        upper = new Job(first, second, "upper", "first to second");
        lower = new Job(second, third, "lower", "second to third");
    }

    @AfterEach
    void stop() throws IOException {
        upper.close();
        lower.close();
        third.close();
    }

    private void replicate() {
        upper.add(TABLES).start();
        lower.add(TABLES).start();
        upper.awaitOk();
        lower.awaitOk();
    }

    private void assertEqual() throws SQLException {
        for (Job job : List.of(upper, lower)) {
            job.awaitOk().awaitReplay(); // a table may have stopped meanwhile, and resumes by itself
            job.awaitOk().awaitReplay();
        }
        List<TableName> tables = List.of(TableName.parse("parent"), TableName.parse("child"), TableName.parse("pair"));
        assertThat(new DemoCompare(first.dataSource(), second.dataSource()).differences(tables))
                .isEmpty();
        assertThat(new DemoCompare(second.dataSource(), third.dataSource()).differences(tables))
                .isEmpty();
    }

    private static void awaitForeignKey(Db db) {
        Awaitility.await("the foreign key of " + db)
                .until(() -> db.number("select count(*) from pg_constraint where conname = 'child_parent_fkey'") == 1);
    }

    @Test
    void changesReachTheThird() throws SQLException {
        try (SteadyWriter writer = new SteadyWriter(first, WRITE)) {
            replicate();
            Awaitility.await().until(() -> writer.committed() > 100);
        }
        assertEqual();

        first.sql("truncate parent, child; insert into parent (v) values ('after'); truncate pair");
        assertEqual();

        assertThat(third.number("select count(*) from parent")).isEqualTo(1);
        awaitForeignKey(second);
        // the replay tries one again only after minutes that rows broke while the second was not in sync
        third.sql("select londiste.subscriber_restore_fkeys('second to third')");
        awaitForeignKey(third);
    }

    @Test
    void aResyncInTheMiddleReachesTheThird() throws SQLException {
        replicate();
        awaitForeignKey(third);
        Terminal terminal = new Terminal(directory);
        String ini = terminal.file("upper.ini", upper.ini());

        try (SteadyWriter writer = new SteadyWriter(first, WRITE)) {
            terminal.ok(ini, "subscriber", "resync", "parent", "pair");
            upper.awaitOk();
            long before = writer.committed();
            Awaitility.await().until(() -> writer.committed() > before + 20);
        }

        assertEqual();
        awaitForeignKey(second);
        // the replay tries one again only after minutes that rows broke while the second was not in sync
        third.sql("select londiste.subscriber_restore_fkeys('second to third')");
        awaitForeignKey(third);
    }

    @Test
    void captureTriggersStayWhereOthersAreSavedAndDropped() throws SQLException {
        second.sql("""
                create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not put aside'; end $$;
                create trigger refuse before insert on parent execute function refuse();
                """);
        lower.add(TABLES);
        Terminal terminal = new Terminal(directory);
        String ini = terminal.file("upper.ini", upper.ini());
        terminal.ok(ini, "provider", "add", "parent", "child", "pair");

        terminal.ok(ini, "subscriber", "add", "--all");
        upper.start();
        lower.start();

        assertEqual();
        terminal.ok(ini, "subscriber", "remove", "parent");
        assertThat(second.rows("select tgname from pg_trigger where tgrelid = 'parent'::regclass and not tgisinternal"
                        + " order by 1"))
                .containsExactly(
                        "refuse",
                        "second_to_third_logger_d",
                        "second_to_third_logger_i",
                        "second_to_third_logger_r",
                        "second_to_third_logger_t",
                        "second_to_third_logger_u");
    }
}
