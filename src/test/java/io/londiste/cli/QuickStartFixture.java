package io.londiste.cli;

import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.BeforeEach;

/** The tables of the man page's QUICK-START, with rows on the provider. */
abstract class QuickStartFixture extends DaemonFixture {
    @BeforeEach
    final void createTables() {
        onBoth("create table table1 (id int primary key, v text);"
                + "create table table2 (id int primary key, t1 int references table1)");
        provider.sql("insert into table1 select i, 'row ' || i from generate_series(1, 1000) i;"
                + "insert into table2 select i, i from generate_series(1, 500) i");
    }

    final void awaitEqual(String... tables) {
        await("equal tables").untilAsserted(() -> assertEqual(tables));
    }
}
