package io.londiste.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.OperatorLog;
import io.londiste.test.ReplicationFixture;
import io.londiste.test.SteadyWriter;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The values of sequences from the provider to the subscriber. */
class SequencesIT extends ReplicationFixture {
    private static final int EACH = 30;

    /** One of each kind. */
    private static final List<String> KINDS = List.of(
            "as bigint",
            "as bigint start 9223372036854775000 cache 7",
            "as bigint minvalue -9223372036854775808 start -9223372036854775808",
            "as integer increment 7",
            "as smallint minvalue -5 maxvalue 20 cycle",
            "as bigint increment -1",
            "as integer increment -3 minvalue -100 maxvalue 50 start 50 cycle",
            "cache 100",
            "start 77",
            "as smallint increment -1 start -1");

    private void create(String definition) {
        provider.sql(definition);
        subscriber.sql(definition);
    }

    private void follow(String... names) {
        for (String name : names) {
            provider.sql("select londiste.provider_add_seq('queue', ?)", name);
            subscriber.sql("select londiste.subscriber_add_seq('queue', ?)", name);
        }
    }

    /** Sequences s1 and so on, as many of each kind. */
    private void createAll() {
        int number = 0;
        var all = new StringBuilder();
        for (String kind : KINDS) {
            for (int i = 0; i < EACH; i++) {
                all.append("create sequence s")
                        .append(++number)
                        .append(' ')
                        .append(kind)
                        .append("; ");
            }
        }
        create(all.toString());
        provider.sql("select londiste.provider_add_seq('queue', 's' || i) from generate_series(1, ?) i", number);
        subscriber.sql("select londiste.subscriber_add_seq('queue', 's' || i) from generate_series(1, ?) i", number);
    }

    /** The next value of each sequence, read with nextval as a client does. */
    private static List<String> values(Db db) {
        String each = db.sql(
                "select string_agg(format('select %L, last_value, is_called from %s', oid::regclass, oid::regclass),"
                        + " ' union all ' order by oid::regclass::text) from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace");
        return db.rows(each);
    }

    private static String values(Db db, String sequence) {
        return db.sql("select last_value, is_called from " + sequence);
    }

    private void assertAlike() {
        assertThat(values(subscriber)).isEqualTo(values(provider)).isNotEmpty();
        assertThat(reasons()).isEmpty();
    }

    private List<String> reasons() {
        return subscriber.rows(
                "select seq_name, reason from londiste.subscriber_seq where reason is not null order by nr");
    }

    @Test
    void sequencesOfEachKindAreExactlyAsOnTheProvider() {
        createAll();
        job.start().awaitReplay();
        assertAlike();

        // no first value is taken yet: a setval with is_called false, a sequence with another start
        provider.sql(
                "select setval('s1', 41, false), setval('s2', 9223372036854775807), setval('s63', -9223372036854775807),"
                        + " setval('s121', 20), nextval('s121'), setval('s151', -1, false), setval('s181', -100), nextval('s181');"
                        + "alter sequence s4 restart with 5; alter sequence s241 restart");
        job.awaitReplay();
        assertAlike();

        try (var writers = new SteadyWriter(provider, 3, """
                do $$ begin
                  for i in 1..50 loop
                    begin
                      perform nextval('s' || 1 + (random() * 299)::int);
                    exception when sqlstate '2200H' then null; -- it has come to its end
                    end;
                  end loop;
                end $$
                """)) {
            writers.await(200);
            job.awaitReplay();
            writers.await(200);
        }
        job.awaitReplay();
        assertAlike();

        // and back again
        provider.sql("select setval('s' || i, 3, i % 2 = 0) from generate_series(1, 30) i");
        job.awaitReplay();
        assertAlike();
    }

    @Test
    void theNextOfASwitchoverIsHandedOutOnce() {
        create("""
                create sequence backwards as integer increment -1;
                create sequence reserved cache 20;
                create table orders (id bigserial primary key, ticket bigint not null unique default nextval('reserved'),
                  debt int not null unique default nextval('backwards'), side text not null);
                """);
        follow("orders_id_seq", "backwards", "reserved");
        job.add("orders").start().awaitOk();

        try (var writers = new SteadyWriter(provider, 3, "insert into orders (side) values ('provider')")) {
            for (int i = 0; i < 20; i++) {
                writers.await(20);
                assertThat(subscriber.sql("select coalesce(max(id), 0) <= (select last_value from orders_id_seq),"
                                + " coalesce(max(ticket), 0) <= (select last_value from reserved),"
                                + " coalesce(min(debt), 0) >= (select last_value from backwards) from orders"))
                        .as("never behind the rows")
                        .isEqualTo("t|t|t");
            }
        }
        job.awaitReplay();
        assertAlike();
        job.stop();
        long before = subscriber.number("select count(*) from orders");
        try (var writers = new SteadyWriter(subscriber, 3, "insert into orders (side) values ('subscriber')")) {
            writers.await(200);
        }

        assertThat(before).isEqualTo(provider.number("select count(*) from orders"));
        assertThat(
                        subscriber.sql(
                                "select min(id) filter (where side = 'subscriber') > max(id) filter (where side = 'provider'),"
                                        + " min(ticket) filter (where side = 'subscriber') > max(ticket) filter (where side = 'provider'),"
                                        + " max(debt) filter (where side = 'subscriber') < min(debt) filter (where side = 'provider') from orders"))
                .isEqualTo("t|t|t");
    }

    @Test
    void anIdleQueuesTicksAreEnough() {
        create("create sequence quiet");
        follow("quiet");
        provider.sql("select pgq.set_queue_config('queue', 'ticker_idle_period', '1 second')");
        job.start();

        for (int i = 0; i < 3; i++) {
            provider.sql("select nextval('quiet')");
            Awaitility.await().untilAsserted(this::assertAlike);
        }
    }

    @Test
    void oneThatCannotContinueStopsAlone() {
        provider.sql("create sequence narrow; create sequence gone; create sequence \"left\"; create sequence dropped");
        subscriber.sql(
                "create sequence narrow as smallint; create sequence gone; create sequence \"left\"; create sequence dropped");
        create("create table orders (id bigserial primary key)");
        follow("narrow", "gone", "left", "dropped", "orders_id_seq");
        job.add("orders").start().awaitOk().awaitReplay();
        assertAlike();

        try (var log = new OperatorLog()) {
            provider.sql("select setval('narrow', 40000), setval('gone', 5), setval('left', 6), setval('dropped', 7);"
                    + "delete from londiste.provider_seq where seq_name = 'public.left'; drop sequence dropped");
            subscriber.sql("drop sequence gone");
            for (int i = 0; i < 3; i++) {
                provider.sql("insert into orders select from generate_series(1, 10)");
                job.awaitReplay();
            }

            assertThat(subscriber.sql("select count(*), max(id), (select last_value from orders_id_seq) from orders"))
                    .isEqualTo("30|30|30");
            assertThat(reasons())
                    .containsExactly(
                            "public.narrow|setval: value 40000 is out of bounds for sequence \"narrow\" (1..32767)",
                            "public.gone|does not exist in database " + subscriber.name(),
                            "public.left|is no longer registered on the provider",
                            "public.dropped|on the provider: does not exist in database " + provider.name());
            assertThat(values(subscriber, "\"left\"")).isEqualTo("1|f");

            subscriber.sql("alter sequence narrow as bigint; create sequence gone");
            provider.sql("create sequence dropped; select londiste.provider_add_seq('queue', 'left')");
            job.awaitReplay();

            assertAlike();
            assertThat(log.warnings())
                    .containsExactlyInAnyOrder(
                            "sequence public.narrow is stopped: setval: value 40000 is out of bounds for sequence \"narrow\" (1..32767)",
                            "sequence public.gone is stopped: does not exist in database " + subscriber.name(),
                            "sequence public.left is stopped: is no longer registered on the provider",
                            "sequence public.dropped is stopped: on the provider: does not exist in database "
                                    + provider.name(),
                            "sequence public.narrow resumes",
                            "sequence public.gone resumes",
                            "sequence public.left resumes",
                            "sequence public.dropped resumes");
        }
    }

    @Test
    void oneThatIsRemovedOnTheProviderIsRemovedOnTheSubscriberUnlessItIsThereAgain() {
        create("create sequence removed; create sequence again");
        follow("removed", "again");
        job.start();
        provider.sql("select setval('removed', 7), setval('again', 8)");
        job.awaitReplay();

        provider.sql(
                "select londiste.provider_remove_seq('queue', 'removed'), londiste.provider_remove_seq('queue', 'again'),"
                        + " londiste.provider_add_seq('queue', 'again')");
        job.awaitReplay();

        assertThat(subscriber.rows("select seq_name, reason from londiste.subscriber_seq"))
                .containsExactly("public.again|null");
        assertThat(values(subscriber, "removed")).isEqualTo("7|t");
    }

    @Test
    void oneThatIsLockedKeepsNobodyWaiting() throws Exception {
        create("create sequence busy; create table orders (id bigserial primary key)");
        follow("busy", "orders_id_seq");
        job.add("orders").start().awaitOk().awaitReplay();

        for (var db : List.of(provider, subscriber)) {
            try (var other = db.connect();
                    var statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute("alter sequence busy restart");

                provider.sql("insert into orders default values");
                job.awaitReplay();

                assertThat(values(subscriber, "orders_id_seq")).isEqualTo(values(provider, "orders_id_seq"));
                assertThat(reasons())
                        .singleElement()
                        .asString()
                        .startsWith("public.busy|")
                        .endsWith("another session holds a lock on it");
                other.rollback();
            }
            job.awaitReplay();
            assertAlike();
        }
    }

    @Test
    void hundredsTakeOneQueryABatch() {
        for (var db : List.of(provider, subscriber)) {
            db.sql("alter database " + db.name() + " set track_functions = 'all'");
        }
        createAll();
        job.start();
        for (int i = 0; i < 10; i++) {
            provider.sql("select nextval('s1'), pgq.insert_event('queue', 'x', '')");
            job.awaitReplay();
        }
        job.stop();

        assertAlike();
        long ticks = provider.number("select count(*) from pgq.tick");
        // older servers count with a delay
        Awaitility.await().untilAsserted(() -> {
            for (var db : List.of(provider, subscriber)) {
                assertThat(calls(db, "read_sequences")).isBetween(10L, ticks);
            }
            assertThat(calls(provider, "sequence_values")).isEqualTo(calls(provider, "read_sequences"));
            assertThat(calls(subscriber, "subscriber_set_sequences")).isEqualTo(calls(subscriber, "read_sequences"));
        });
    }

    @Test
    void noneTakeNone() {
        for (var db : List.of(provider, subscriber)) {
            db.sql("alter database " + db.name() + " set track_functions = 'all'");
        }
        job.start().awaitReplay();
        job.stop();

        assertThat(calls(provider, "read_sequences")
                        + calls(provider, "sequence_values")
                        + calls(subscriber, "subscriber_set_sequences"))
                .isZero();
    }

    private static long calls(Db db, String function) {
        return db.number(
                "select coalesce(sum(calls), 0) from pg_stat_user_functions where schemaname = 'londiste' and funcname = ?",
                function);
    }
}
