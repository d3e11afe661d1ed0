package io.londiste.test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two tables that show on the subscriber whether a change was lost or applied twice: entries, which are only inserted, and
 * counters of them. The subscriber logs each row that is written, and a tick's snapshot tells which entries it has.
 */
public final class Ledger {
    public static final String[] TABLES = {"entry", "counter"};

    /** One transaction: an entry, and its counter. */
    public static final String WRITE = """
            with c as (update counter set n = n + 1 where id = (select 1 + floor(random() * 5)::int) returning id)
            insert into entry (counter) select id from c
            """;

    /** The same at a pace that a crashed server's buffers can hold for a moment, and not waiting for the disk. */
    public static final String WRITE_ASYNCHRONOUSLY = "set synchronous_commit = off; select pg_sleep(0.01); " + WRITE;

    private static final String SCHEMA = """
            create table entry (id bigserial primary key, counter int not null, txid bigint not null default txid_current());
            create table counter (id int primary key, n bigint not null)
            """;

    /** The log has also what is written by the replay, as no trigger of the application would. */
    private static final String LOG = """
            create table written (nr bigserial, table_name text, id bigint, before bigint, after bigint);
            create function log_entry() returns trigger language plpgsql as $$
              begin insert into public.written (table_name, id) values ('entry', new.id); return null; end $$;
            create function log_counter() returns trigger language plpgsql as $$
              begin insert into public.written (table_name, id, before, after) values ('counter', new.id, old.n, new.n); return null; end $$;
            create trigger log after insert or update on entry for each row execute function log_entry();
            create trigger log after update on counter for each row execute function log_counter();
            alter table entry enable always trigger log;
            alter table counter enable always trigger log
            """;

    private static final String ENTRIES = "coalesce(string_agg(id::text, ',' order by id), '')";

    private final Db provider;
    private final Db subscriber;

    /** Makes the tables in both databases. */
    public Ledger(Db provider, Db subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        provider.sql(SCHEMA);
        subscriber.sql(SCHEMA);
        provider.sql("insert into counter select i, 0 from generate_series(1, 5) i");
        provider.sql(WRITE);
    }

    /** Logs what is written on the subscriber from now on, when it has the entries that were there before. */
    public void watch() {
        subscriber.sql(LOG);
        subscriber.sql("insert into written (table_name, id) select 'entry', id from entry");
    }

    /** The tick up to which the subscriber has applied batches. */
    public long position() {
        return subscriber.number("select last_tick_id from londiste.completed where consumer_id = 'job'");
    }

    /** The tick up to which batches are finished on the provider. */
    public long finished() {
        return provider.number("select sub_last_tick from pgq.subscription");
    }

    /** The subscriber has what the provider had at the tick that is the position: all of a batch, or nothing. */
    public void assertRowsAreThoseOfThePosition() {
        String[] here = subscriber
                .sql("select last_tick_id, (select " + ENTRIES + " from entry),"
                        + " (select count(*) from counter c where n <> (select count(*) from entry where counter = c.id))"
                        + " from londiste.completed where consumer_id = 'job'")
                .split("\\|");
        assertThat(here[1])
                .as("entries at tick %s", here[0])
                .isEqualTo(provider.sql(
                        "select " + ENTRIES + " from entry where txid_visible_in_snapshot(txid,"
                                + " (select tick_snapshot from pgq.tick where tick_id = ?))",
                        Long.parseLong(here[0])));
        assertThat(here[2]).as("counters that differ from the entries").isEqualTo("0");
    }

    /** All that was written on the provider is on the subscriber, where each row was written once. */
    public void assertNothingIsLostAndNothingAppliedTwice() {
        for (String table : TABLES) {
            String rows = "select t::text from " + table + " t order by id";
            assertThat(subscriber.rows(rows)).as(table).isEqualTo(provider.rows(rows));
        }
        assertThat(subscriber.rows("select id from written where table_name = 'entry' group by id having count(*) > 1"))
                .as("entries that were written twice")
                .isEmpty();
        assertThat(subscriber.rows("select id, before, after from written where after <= before"))
                .as("counters that were set back")
                .isEmpty();
        assertThat(subscriber.number("select count(distinct id) from written where table_name = 'entry'"))
                .as("entries in the log")
                .isEqualTo(subscriber.number("select count(*) from entry"));
    }
}
