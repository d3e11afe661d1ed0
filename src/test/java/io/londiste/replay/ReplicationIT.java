package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole way from a write on the provider to a row on the subscriber. */
@ExtendWith(PostgresPair.class)
class ReplicationIT {
    private static final String TABLES = """
            create table parent (id int primary key, name text unique, price numeric);
            create table child (id int generated always as identity primary key,
              parent int references parent on delete cascade on update cascade, note jsonb, tags text[]);
            create table pair (a int, b text, v text, primary key (a, b));
            """;

    private Db provider;
    private Db subscriber;
    private Job job;

    @BeforeEach
    void install(@Provider Db provider, @Subscriber Db subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        provider.sql(TABLES);
        subscriber.sql(TABLES);
        job = new Job(provider, subscriber);
    }

    @AfterEach
    void stop() {
        job.close();
    }

    private void assertEqual() {
        for (String table : new String[] {"parent", "child", "pair"}) {
            String rows = "select coalesce(string_agg(t::text, E'\\n' order by t::text), '') from " + table + " t";
            assertThat(subscriber.sql(rows)).as(table).isEqualTo(provider.sql(rows));
        }
    }

    @Test
    void copies_what_is_there_and_replays_what_comes() {
        provider.sql(
                "insert into parent select i, 'name ' || i, i * 1.10 from generate_series(1, 500) i;"
                        + "insert into child (parent, note, tags) select i, '{\"n\": null}', array['a', null, 'b,c'] from generate_series(1, 500) i");
        job.add("parent", "child", "pair").start().awaitOk();
        assertEqual();

        provider.sql("insert into pair values (1, 'x', 'y'), (1, 'y', null);"
                + "update parent set price = price + 1 where id <= 10;"
                + "delete from parent where id between 11 and 20;"
                + "insert into child (parent, note) values (1, 'null'), (2, null);"
                + "update pair set b = 'z' where b = 'x'");
        job.awaitReplay();

        assertEqual();
        assertThat(provider.number("select count(*) from child")).isEqualTo(492);
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    @Test
    void follows_keys_that_move_and_foreign_keys_that_act() {
        job.add("parent", "child").start().awaitOk();
        provider.sql("insert into parent values (1, 'a', 1), (2, 'b', 2), (3, 'c', null);"
                + "insert into child (parent) values (1), (1), (2), (3)");
        job.awaitReplay();

        provider.sql("update parent set id = id + 10; delete from parent where id = 12;"
                + "insert into parent values (2, 'b', 3); update parent set name = 'x' where id = 13;"
                + "insert into parent values (14, 'c', 4)");
        job.awaitReplay();

        assertEqual();
        assertThat(subscriber.sql("select string_agg(parent::text, ',' order by id) from child"))
                .isEqualTo("11,11,13");
    }

    @Test
    void truncates_tables_that_belong_together() {
        job.add("parent", "child", "pair").start();
        provider.sql(
                "insert into parent values (1, 'a', 1); insert into child (parent) values (1); insert into pair values (1, 'a', 'b')");
        job.awaitOk().awaitReplay();
        assertEqual();

        provider.sql("truncate parent, child; insert into parent values (5, 'e', 5)");
        job.awaitReplay();

        assertEqual();
        assertThat(subscriber.number("select count(*) from parent")).isEqualTo(1);
        assertThat(subscriber.number("select count(*) from pair")).isEqualTo(1);
    }

    @Test
    void puts_foreign_keys_back() {
        job.add("parent", "child").start().awaitOk();

        org.awaitility.Awaitility.await()
                .until(() -> subscriber.number("select count(*) from pg_constraint where contype = 'f'") == 1);
        assertThat(subscriber.number("select count(*) from londiste.subscriber_pending_fkeys"))
                .isZero();
    }
}
