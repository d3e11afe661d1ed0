package io.londiste.capture;

import static io.londiste.test.OddNames.identifier;
import static io.londiste.test.OddNames.literal;
import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.OddNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever tables, columns, types and queues are called, their names are nothing but names in what capture generates. */
@ParameterizedClass
@ValueSource(ints = {13, 18})
class CaptureNamesIT extends CaptureFixture {
    private static final String OLD_STRINGS = "set standard_conforming_strings = off; set backslash_quote = on; ";

    /** Has a table captured, writes to it, and compares what its events make of an empty copy with the table. */
    private static void assertCaptured(String table, String copy, String... statements) {
        capture.db.sql("drop table if exists " + copy + "; create table " + copy + " (like " + table + ")");
        capture.db.sql("select londiste.provider_add_table('q'," + literal(table) + ")");
        capture.db.sql(OLD_STRINGS + String.join("; ", statements));
        var rows = "select coalesce(string_agg(r::text, ' ' order by r::text), '') from ";
        assertThat(capture.db.rows("select test.replay(londiste.canonical(" + literal(table) + ")," + literal(table)
                        + "," + literal(copy) + "); " + rows + copy + " as r"))
                .as(table)
                .isEqualTo(capture.db.rows(rows + table + " as r"));
    }

    private static void boom() {
        capture.db.sql("create or replace function test.boom() returns text language plpgsql as $$"
                + " begin raise exception 'boom'; end $$");
    }

    @Test
    void namesOfPlainTablesAndTheirColumnsAreNoCode() {
        boom();
        capture.db.sql("create schema types");
        for (var name : OddNames.ALL) {
            var n = identifier(name);
            capture.db.sql("create schema " + n);
            capture.db.sql("create type types." + n + " as enum ('a')");
            capture.db.sql("create table " + n + "." + n + " (" + n + " int primary key, v types." + n + ")");
            assertCaptured(
                    n + "." + n,
                    "test.plain",
                    "insert into " + n + "." + n + " values (1, 'a'), (2, null)",
                    "update " + n + "." + n + " set " + n + " = " + n + " + 10",
                    "update " + n + "." + n + " set v = null where " + n + " = 11",
                    "delete from " + n + "." + n + " where " + n + " = 12");
            assertThat(capture.db.number("select count(*) from test.plain")).isEqualTo(1);
        }
    }

    @Test
    void namesOfPartitionsAndInheritanceChildrenAreNoCode() {
        boom();
        for (int i = 0; i < OddNames.ALL.size(); i++) {
            var n = identifier(OddNames.ALL.get(i));
            var schema = "tree" + i;
            var root = schema + "." + identifier("is from londiste_old as");
            capture.db.sql("create schema " + schema);
            capture.db.sql("create table " + root + " (id int primary key, " + n + " text) partition by range (id)");
            capture.db.sql("create table " + schema + "." + n + " partition of " + root + " default");
            assertCaptured(
                    root,
                    "test.tree",
                    "insert into " + root + " values (1, 'a'), (2, null)",
                    "update " + root + " set id = id + 10",
                    "delete from " + schema + "." + n + " where id = 12",
                    "truncate " + schema + "." + n);
            assertThat(capture.events(root)).hasSize(6);
        }
    }

    @Test
    void namesOfQueuesAreNoCode() {
        boom();
        for (var name : OddNames.ALL) {
            capture.db.sql("select pgq.create_queue(" + literal(name) + ")");
            capture.db.sql("create table queued (id int primary key)");
            capture.db.sql("select londiste.provider_add_table(" + literal(name) + ", 'queued')");
            var events = capture.db.sql("select queue_data_pfx from pgq.queue where queue_name = " + literal(name));

            capture.db.sql(OLD_STRINGS + "insert into queued values (1)");

            assertThat(capture.db.sql("select ev_data from " + events)).isEqualTo("{\"id\":1}");
            capture.db.sql("select londiste.provider_remove_table(" + literal(name) + ", 'queued')");
            capture.db.sql("drop table queued");
            capture.db.sql("select pgq.drop_queue(" + literal(name) + ")");
        }
    }
}
