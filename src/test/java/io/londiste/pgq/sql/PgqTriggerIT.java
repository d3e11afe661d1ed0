package io.londiste.pgq.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The events that trigger functions make, letter by letter. */
@ParameterizedClass
@EnumSource
class PgqTriggerIT extends PgqSuite {
    private static final String TABLES = """
            set client_min_messages = warning;
            drop schema if exists s cascade;
            create schema s;
            set search_path = s;
            create table t (id int primary key, n numeric, b boolean, v text, "Odd name" text);
            create table types (id bigint primary key, ts timestamptz, d date, f float8, a int[], j jsonb, y bytea,
                    i interval, c char(4), u uuid, s smallint);
            create table "T 2" ("k 2" int, v text, "k=1" text, primary key ("k=1", "k 2"));
            create table free (a int, b text);
            create table magic (id int primary key, v text, _pgq_ev_type text, _pgq_ev_extra1 int);
            """;

    private static final String AFTER = "create trigger x after insert or update or delete on %s for each row ";
    private static final String BEFORE = "create trigger x before insert or update or delete on %s for each row ";
    private static final String ON_TRUNCATE = "create trigger y after truncate on %s ";
    private static final String CALL = "execute function pgq.%s(%s);";

    @ParameterizedTest
    @MethodSource("io.londiste.pgq.sql.TriggerCase#all")
    void aChangeBecomesAnEvent(TriggerCase c) {
        var queue = queue();
        sql(TABLES + trigger(AFTER, c, queue, c.options())
                + (c.options().isEmpty() ? trigger(ON_TRUNCATE, c, queue, List.of()) : "") + "set timezone = 'UTC';"
                + c.work());

        assertThat(written(queue)).isEqualTo(c.events());
    }

    @Test
    void skippedRowsAreOnlyEvents() {
        var queue = queue();
        var c = new TriggerCase("skip", "t", "logutriga", List.of(), "", List.of());
        sql(TABLES + "insert into t values (1), (2);" + trigger(BEFORE, c, queue, List.of("SKIP", "when=id < 9"))
                + "insert into t values (3), (10); update t set v = 'x' where id = 1; delete from t where id = 2;");

        assertThat(sql("select string_agg(t::text, ' ' order by id) from s.t")).isEqualTo("(1,,,,) (2,,,,)");
        assertThat(written(queue))
                .extracting(e -> e.substring(0, e.indexOf('&')))
                .containsExactly("I:id|id=3", "U:id|id=1", "D:id|id=2");
    }

    @Test
    void triggersBeforeAChangeLetItPass() {
        var queue = queue();
        var c = new TriggerCase("before", "t", "sqltriga", List.of(), "", List.of());
        sql(TABLES + trigger(BEFORE, c, queue, List.of())
                + "insert into t values (1), (2); update t set v = 'x'; delete from t where id = 2;");

        assertThat(rows("select id, v from s.t")).containsExactly("1|x");
        assertThat(written(queue)).hasSize(5);
    }

    @Test
    void triggersAreSilentForLocalWork() {
        var queue = queue();
        var c = new TriggerCase("role", "t", "sqltriga", List.of(), "", List.of());
        sql(TABLES + trigger(AFTER, c, queue, List.of()) + "alter table t enable always trigger x;"
                + "set session_replication_role = local; insert into t values (1);"
                + "set session_replication_role = replica; insert into t values (2);");

        assertThat(written(queue)).singleElement().asString().contains("'2'");
    }

    @Test
    void theTableIsReadAgainAfterItWasAltered() throws Exception {
        var queue = queue();
        var c = new TriggerCase("alter", "t", "logutriga", List.of(), "", List.of());
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            statement.execute(TABLES + trigger(AFTER, c, queue, List.of()));
            for (var sql : List.of(
                    "insert into t values (1)",
                    "alter table t add x int default 7",
                    "insert into t values (2)",
                    "alter table t drop n, drop b, drop \"Odd name\"",
                    "alter table t rename v to w",
                    "update t set w = 'x' where id = 1",
                    "alter table t rename to renamed",
                    "delete from renamed where id = 2")) {
                statement.execute(sql);
            }
        }

        assertThat(written(queue))
                .containsExactly(
                        "I:id|id=1&n&b&v&Odd+name|s.t|null|null|null",
                        "I:id|id=2&n&b&v&Odd+name&x=7|s.t|null|null|null",
                        "U:id|id=1&w=x&x=7|s.t|null|null|null",
                        "D:id|id=2&w&x=7|s.renamed|null|null|null");
    }

    @Test
    void partitionsAreTablesOfTheirOwn() {
        var queue = queue();
        var c = new TriggerCase("partition", "p", "logutriga", List.of(), "", List.of());
        sql(TABLES + "create table p (id int primary key) partition by range (id);"
                + "create table p1 partition of p for values from (0) to (10);"
                + trigger(AFTER, c, queue, List.of()) + "insert into p values (1); insert into p1 values (2)");

        assertThat(written(queue)).containsExactly("I:id|id=1|s.p1|null|null|null", "I:id|id=2|s.p1|null|null|null");
    }

    @ParameterizedTest
    @EnumSource
    void whatCannotBeDoneIsRefused(Refusal refusal) {
        var queue = queue();
        var c = new TriggerCase("refused", refusal.table, "logutriga", List.of(), "", List.of());

        assertThatThrownBy(() -> sql(
                        TABLES + refusal.setUp + trigger(refusal.trigger, c, queue, refusal.options) + refusal.work))
                .hasMessageContaining(refusal.message);
    }

    private enum Refusal {
        DENY(AFTER, "t", List.of("deny"), "insert into t values (1)", "not allowed"),
        UNKNOWN_OPTION(AFTER, "t", List.of("backup=1"), "insert into t values (1)", "trigger"),
        UNKNOWN_FIELD(AFTER, "t", List.of("ev_extra5=1"), "insert into t values (1)", "trigger"),
        SKIP_TOO_LATE(AFTER, "t", List.of("SKIP"), "insert into t values (1)", "SKIP"),
        NULL_CONDITION(AFTER, "t", List.of("when=n > 1"), "insert into t values (1)", "when="),
        NO_COLUMN(AFTER, "t", List.of("when=nope > 1"), "insert into t values (1)", "\"nope\""),
        NO_KEY_UPDATE(AFTER, "free", List.of(), "update free set b = 'x'", "key"),
        NO_KEY_DELETE(AFTER, "free", List.of(), "delete from free", "key"),
        TRUNCATE_OPTION(ON_TRUNCATE, "t", List.of("backup"), "truncate t", "runcate"),
        STATEMENT(
                "create trigger x after insert on %s for each statement ",
                "t", List.of(), "insert into t values (1)", "FOR EACH ROW");

        private final String trigger;
        private final String table;
        private final List<String> options;
        private final String work;
        private final String message;
        private final String setUp = "insert into free values (1);";

        Refusal(String trigger, String table, List<String> options, String work, String message) {
            this.trigger = trigger;
            this.table = table;
            this.options = options;
            this.work = work;
            this.message = message;
        }
    }

    private static String trigger(String start, TriggerCase c, String queue, List<String> options) {
        var arguments = Stream.concat(Stream.of(queue), options.stream())
                .map(argument -> "'" + argument.replace("'", "''") + "'")
                .toList();
        return start.formatted(c.table()) + CALL.formatted(c.function(), String.join(", ", arguments));
    }

    private List<String> written(String queue) {
        return rows("select ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4 from %s order by ev_id"
                .formatted(dataPrefix(queue)));
    }
}
