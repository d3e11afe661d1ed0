package io.londiste.chaos;

import io.londiste.change.TableName;
import io.londiste.cli.Terminal;
import io.londiste.demo.DemoCompare;
import io.londiste.test.Db;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * The table {@code held}, which goes its way on the subscriber up to where it is to be held, and {@code other}, to which
 * it has a foreign key and which is in sync.
 */
final class HeldTable {
    private static final String NAME = "public.held";
    private static final List<TableName> TABLES = List.of(TableName.parse("public.other"), TableName.parse(NAME));

    private static final String SCHEMA = """
            create table other (id bigserial primary key, gate %1$s, v text);
            create table held (id bigserial primary key, other bigint references other on delete cascade,
              gate %1$s, v text);
            """;

    private static final String ROWS = """
            insert into other (v) select md5(i::text) from generate_series(1, 1000) i;
            insert into held (other, v) select i, md5(i::text) from generate_series(1, 1000) i, generate_series(1, 3);
            """;

    /** What clients do to both tables all the time. */
    static final String WRITE = """
            select pg_sleep(0.02);
            with o as (insert into other (v) values (md5(random()::text)) returning id)
            insert into held (other, v) select id, 'new' from o, generate_series(1, 3);
            update held set v = md5(v), other = other where id % 1000 = (random() * 1000)::int and gate is null;
            delete from other where id in (select id from other where gate is null order by id limit 1 offset 50);
            """;

    /** What keeps the table where it is until it is closed. */
    interface Hold {
        void close();
    }

    private final Db provider;
    private final Db subscriber;
    private final Terminal terminal;
    private final String ini;

    /** Makes both tables on both sides. */
    HeldTable(Db provider, Db subscriber, Terminal terminal, String ini) {
        this.provider = provider;
        this.subscriber = subscriber;
        this.terminal = terminal;
        this.ini = ini;
        provider.sql(SCHEMA.formatted("int") + ROWS);
        subscriber.sql(Gate.TYPE + SCHEMA.formatted("gated"));
    }

    /** Its copy is about to start: its foreign key cannot be dropped while another session reads the table. */
    Hold reachNew() throws SQLException {
        Connection reading = subscriber.connect();
        reading.setAutoCommit(false);
        try (Statement statement = reading.createStatement()) {
            statement.execute("select from held limit 1");
        }
        add();
        await("the table is taken up")
                .until(() -> subscriber.number("select count(*) from pg_locks where relation = 'held'::regclass"
                                + " and mode = 'AccessExclusiveLock' and not granted")
                        > 0);
        return () -> Gate.close(reading);
    }

    /** Some of its rows are copied. */
    Gate reachInCopy() throws SQLException {
        Gate gate = new Gate(subscriber);
        insert("held", gate);
        provider.sql("insert into held (v) select md5(i::text) from generate_series(1, 1000) i");
        add();
        return gate.awaitSomebody();
    }

    /** In the middle of its first batch. */
    Gate reachCatchingUp() throws SQLException {
        Gate last = new Gate(subscriber);
        Gate copy = reachInCopy();
        insert("held", last);
        awaitTick();
        copy.close();
        return last.awaitSomebody();
    }

    /** It has nearly caught up, and the replay is busy with another table. */
    Gate reachWannaSync() throws SQLException {
        Gate busy = new Gate(subscriber);
        Gate copy = reachInCopy();
        insert("other", busy);
        busy.awaitSomebody();
        awaitTick(); // so that it will be ahead of the replay
        copy.close();
        await("wanna-sync").until(() -> state().startsWith("wanna-sync"));
        return busy;
    }

    /** The replay waits for it, and it is in the middle of its last batch. */
    Gate reachDoSync() throws SQLException {
        Gate last = new Gate(subscriber);
        Gate busy = reachWannaSync();
        insert("held", last);
        awaitTick(); // as far as the replay will come with its next batch
        busy.close();
        return last.awaitSomebody();
    }

    /** The replay is in the middle of a batch for it. */
    Gate reachOk() throws SQLException {
        add();
        await("ok").until(() -> state().equals("ok"));
        Gate gate = new Gate(subscriber);
        insert("held", gate);
        return gate.awaitSomebody();
    }

    /** Starts its replication. */
    void add() {
        terminal.ok(ini, "subscriber", "add", "held");
    }

    /** Ends its replication. */
    void remove() {
        terminal.ok(ini, "subscriber", "remove", "held");
    }

    private void insert(String table, Gate gate) {
        provider.sql("insert into " + table + " (gate) values (" + gate.number() + ")");
    }

    /** As {@code subscriber tables} shows it. */
    String state() {
        return subscriber.sql(
                "select coalesce(merge_state, 'NEW') from londiste.subscriber_table where table_name = ?", NAME);
    }

    /** Returns when there is a tick after what was committed until now. */
    private void awaitTick() {
        long after = provider.number("select txid_current()");
        await("a tick")
                .until(() -> provider.number(
                                "select count(*) from pgq.tick where txid_visible_in_snapshot(?, tick_snapshot)", after)
                        > 0);
    }

    /** Returns when copies have nothing left to remove or to restore. */
    void awaitCalm() {
        await("no consumer of a copy").until(() -> provider.sql("select string_agg(co_name, ' ') from pgq.consumer")
                .equals("job"));
        await("no position of a copy").until(() -> subscriber
                .sql("select string_agg(consumer_id, ' ') from londiste.completed")
                .equals("job"));
        await("the foreign key")
                .until(() -> subscriber.number("select count(*) from pg_constraint where contype = 'f'") == 1);
    }

    /** What differs between the two sides in either table. */
    List<String> differences() throws SQLException {
        return new DemoCompare(provider.dataSource(), subscriber.dataSource()).differences(TABLES);
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).pollInterval(Duration.ofMillis(20));
    }
}
