package io.londiste.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import java.io.IOException;
import java.util.List;

/**
 * A provider database with a queue {@code q} and the simplest possible replay: it applies one event after the other to
 * a copy of the table in the same database.
 */
final class CaptureDb implements AutoCloseable {
    private static final String REPLAY = """
            create schema test;
            create table test.done (table_name text primary key, ev_id bigint);
            create function test.image(type text, record_text text, json_text text) returns text language sql as $$
              select coalesce(quote_literal(record_text) || '::' || type,
                              'json_populate_record(null::' || type || ', ' || quote_literal(json_text) || ')')
            $$;
            create function test.replay(name text, tab regclass, copy regclass) returns void language plpgsql
                set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = postgres set bytea_output = hex
                set extra_float_digits = 1 set lc_monetary = 'C' as $$
            declare
              e     record;
              keys  text := (select string_agg(format('(t.%I)::text = (r.%1$I)::text', k), ' and ')
                               from unnest(londiste.key_columns(tab)) as k);
              gone  text := 'delete from ' || copy || ' as t using (select (<row>).*) as r where ' || keys;
              type  text := (select format('%I.%I', n.nspname, t.typname) from pg_class c join pg_type t on t.oid = c.reltype
                               join pg_namespace n on n.oid = t.typnamespace where c.oid = tab);
              op    text;
              image text;
            begin
              for e in select * from pgq.event_1 v where v.ev_extra1 = name and v.ev_type like '{%'
                  and v.ev_id > coalesce((select d.ev_id from test.done d where d.table_name = name), 0) order by v.ev_id loop
                op := e.ev_type::json ->> 'op';
                if op = 'TRUNCATE' then
                  execute format('truncate %s', copy);
                else
                  image := test.image(type, e.ev_extra3, e.ev_data);
                  if e.ev_extra2 is not null then
                    execute replace(gone, '<row>', test.image(type, e.ev_extra4, e.ev_extra2));
                  end if;
                  execute replace(gone, '<row>', image);
                  if op <> 'DELETE' then
                    execute 'insert into ' || copy || ' select (' || image || ').*';
                  end if;
                end if;
                insert into test.done as d values (name, e.ev_id) on conflict (table_name) do update set ev_id = excluded.ev_id;
              end loop;
            end $$;
            """;

    final Db db;

    CaptureDb(int major) {
        this(PostgresPair.database(major));
    }

    /** @param db a fresh database; closed with this */
    CaptureDb(Db db) {
        this.db = db;
        var installer = new Installer(db.dataSource());
        installer.installPgq();
        installer.installLondisteProvider();
        db.sql("select pgq.create_queue('q')");
        db.sql(REPLAY);
    }

    /** Creates a table and captures it. */
    void table(String name, String columns) {
        db.sql("create table " + name + " " + columns);
        capture(name);
    }

    /** Captures tables that are still empty. */
    void capture(String... names) {
        for (var name : names) {
            db.sql("create table " + copy(name) + " (like " + name + ")");
        }
        assertThat(db.rows("select londiste.provider_add_table('q', name) from unnest(?) as name", (Object) names))
                .containsOnly("1");
    }

    /** The operations that were captured for a table, in order: the first letter of each, with the row's JSON. */
    List<String> events(String name) {
        return db.rows(
                "select left(ev_type::json ->> 'op', 1) || coalesce(' ' || ev_data, '') || coalesce(' was ' || ev_extra2, '')"
                        + " from pgq.event_1 where ev_extra1 = londiste.canonical(?) and ev_type like '{%' order by ev_id",
                name);
    }

    /** Replays what was captured of a table since the last time, and compares the copy with the table. */
    void assertReplayed(String name) {
        var both = db.rows("select test.replay(londiste.canonical(" + literal(name) + "), " + literal(name) + ", "
                + literal(copy(name)) + "); " + rowsOf(copy(name)) + " union all " + rowsOf(name));
        assertThat(both.get(0)).as(() -> name + " after " + events(name)).isEqualTo(both.get(1));
    }

    /** Runs statements one by one. After each, what it captured makes the copy equal to the table. */
    void assertReplays(String name, String... statements) {
        for (var statement : statements) {
            db.sql(statement);
            assertReplayed(name);
        }
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String rowsOf(String table) {
        return "select coalesce(string_agg(r::text, chr(10) order by r::text), '') from " + table + " as r";
    }

    private static String copy(String name) {
        return name.endsWith("\"") ? name.substring(0, name.length() - 1) + "_copy\"" : name + "_copy";
    }

    @Override
    public void close() throws IOException {
        db.close();
    }
}
