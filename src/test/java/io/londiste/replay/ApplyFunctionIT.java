package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.londiste.change.TableName;
import io.londiste.definition.Creation;
import io.londiste.digest.Comparison;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Declaration;
import io.londiste.subscriber.Difference;
import io.londiste.subscriber.Subscriber;
import io.londiste.table.Selection;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Guide;
import io.londiste.test.ReplicationFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tables whose changes are handed to a function of the subscriber. */
class ApplyFunctionIT extends ReplicationFixture {
    private static final String FUNCTION = """
            create or replace function app.take(op text, name text, key jsonb, row_ jsonb) returns void language plpgsql as $$
            begin
              %s
              insert into app.taken (change) values (concat_ws(' ', op, name, key, row_));
            end
            $$""";

    private void add(String table, String where, String set, String operations, String function) {
        provider.sql("select londiste.provider_add_table('queue', ?)", table);
        var declaration = Declaration.of(
                null,
                where,
                null,
                set == null ? Map.of() : Map.of("note", set),
                operations,
                null,
                function,
                null,
                null);
        Subscriber.connected(
                job.settings(),
                side -> side.add(
                        Selection.of(table), new AddOptions(false, false, false, false, Creation.NONE, declaration)));
    }

    private List<String> taken() {
        return subscriber.rows(
                "with gone as (delete from app.taken returning nr, change) select change from gone order by nr");
    }

    @Test
    void eachChangeIsHandedOverOnceInItsOrder() throws Exception {
        onBoth("create table item (id int primary key, price numeric(8,2), at timestamptz, note text);"
                + " create table few (id int primary key, note text); create table plain (id int primary key)");
        subscriber.sql("create schema app; create table app.taken (nr serial, change text)");
        subscriber.sql(FUNCTION.formatted(""));
        provider.sql("insert into item values (1, 1.50, '2026-01-01 00:00+00', 'it''s'), (2, null, null, null)");
        add("item", null, null, null, "app.take");
        add("few", "id < 100", "upper(note)", "insert,update,delete", "app.take");
        job.add("plain").start().awaitOk();

        assertThat(taken())
                .containsExactlyInAnyOrder(
                        "insert public.item {\"id\": 1} {\"at\": \"2026-01-01T00:00:00+00:00\", \"id\": 1, \"note\": \"it's\", \"price\": 1.50}",
                        "insert public.item {\"id\": 2} {\"at\": null, \"id\": 2, \"note\": null, \"price\": null}");
        provider.sql("insert into item (id, note) values (3, 'a'); update item set note = 'b' where id = 3;"
                + " insert into plain values (1); update item set note = 'c' where id = 3; update item set id = 4 where id = 3;"
                + " delete from item where id = 4; truncate item; insert into item (id) values (4);"
                + " insert into few values (1, 'x'), (100, 'x'); update few set id = 101 where id = 1; truncate few;"
                + " update few set note = 'none'");
        job.awaitReplay();

        var row = " {\"at\": null, \"id\": %d, \"note\": %s, \"price\": null}";
        assertThat(taken())
                .containsExactly(
                        "insert public.item {\"id\": 3}" + row.formatted(3, "\"a\""),
                        "update public.item {\"id\": 3}" + row.formatted(3, "\"b\""),
                        "update public.item {\"id\": 3}" + row.formatted(3, "\"c\""),
                        "update public.item {\"id\": 3}" + row.formatted(4, "\"c\""),
                        "delete public.item {\"id\": 4}",
                        "truncate public.item",
                        "insert public.item {\"id\": 4}" + row.formatted(4, "null"),
                        "insert public.few {\"id\": 1} {\"id\": 1, \"note\": \"X\"}",
                        "delete public.few {\"id\": 1}");
        assertEqual("plain");
        assertThat(subscriber.number("select count(*) from item")).isZero();
        assertThat(job.running().status().of(TableName.parse("item")).events()).isEqualTo(7);

        subscriber.sql(FUNCTION.formatted("if (row_ ->> 'id')::int = 6 then raise exception 'not today'; end if;"));
        provider.sql("insert into item (id) values (5), (6), (7); insert into plain values (2)");
        Awaitility.await("a stopped table")
                .until(() -> subscriber.number("select count(*) from londiste.subscriber_table"
                                + " where table_name = 'public.item' and reason like '%not today%'")
                        == 1);
        Awaitility.await().until(() -> subscriber.number("select count(*) from plain") == 2);
        assertThat(taken()).isEmpty();
        subscriber.sql(FUNCTION.formatted(""));
        Subscriber.connected(job.settings(), side -> side.retry(Selection.ALL));
        job.awaitOk();
        job.awaitReplay();
        assertThat(taken()).hasSize(3).first().asString().startsWith("insert public.item {\"id\": 5}");

        var lock = ComparisonRoutes.lockReplay(subscriber);
        try (lock;
                var routes = new ComparisonRoutes(job.settings())) {
            assertThat(routes.compare())
                    .extracting(Comparison::table, Comparison::outcome)
                    .containsExactly(tuple(TableName.parse("plain"), Outcome.EQUAL));
            assertThat(routes.compare("item"))
                    .extracting(Comparison::problem)
                    .containsExactly("its changes are handed to function app.take, so that it has no rows to compare");
        }
        subscriber.sql("alter function app.take(text, text, jsonb, jsonb) strict");
        Subscriber.connected(job.settings(), side -> {
            assertThat(side.tables().get(1).replicatedAs())
                    .isEqualTo(
                            "where (id < 100); set note = upper(note); ops insert, update, delete; apply-fn app.take");
            assertThat(side.differences())
                    .extracting(Difference::text)
                    .contains(
                            "public.item: function app.take is STRICT, so that PostgreSQL would not call it for changes without a row");
        });
    }

    @Test
    void theFunctionOfThePageRecordsChanges() throws Exception {
        onBoth("create table item (id int primary key, note text)");
        subscriber.sql(Guide.block(Path.of("src/site/markdown/operations.md"), "sql", "function app.take"));
        provider.sql("insert into item values (1, 'a')");
        add("item", null, null, null, "app.take");
        job.start().awaitOk();
        provider.sql("update item set note = 'b'; delete from item");
        job.awaitReplay();

        assertThat(subscriber.rows("select operation, table_name, key, \"row\" from app.change order by operation"))
                .containsExactly(
                        "delete|public.item|{\"id\": 1}|null",
                        "insert|public.item|{\"id\": 1}|{\"id\": 1, \"note\": \"a\"}",
                        "update|public.item|{\"id\": 1}|{\"id\": 1, \"note\": \"b\"}");
    }

    @Test
    void aFunctionThatCannotTakeEveryChangeIsRefused() {
        onBoth("create table item (id int primary key)");
        subscriber.sql(
                "create function other(text) returns void language sql as ''; create function fixed(text, text, jsonb, jsonb)"
                        + " returns void language sql stable as ''");

        for (var refused : List.of("nothing", "other", "fixed", "other(text)", "a b")) {
            assertThatThrownBy(() -> add("item", null, null, null, refused))
                    .as(refused)
                    .hasMessageStartingWith("--apply-fn: ")
                    .hasMessageEndingWith("; nothing was changed")
                    .hasMessageMatching(
                            refused.contains("(")
                                    ? ".*the name of a function is expected, without parameters: other\\(text\\).*"
                                    : refused.equals("fixed")
                                            ? ".*function fixed is not VOLATILE, so that PostgreSQL need not call it.*"
                                            : ".* has no function " + refused
                                                    + "\\(text, text, jsonb, jsonb\\), with parameters for operation, table, key and row.*");
        }
        assertThat(subscriber.number("select count(*) from londiste.subscriber_table"))
                .isZero();
    }
}
