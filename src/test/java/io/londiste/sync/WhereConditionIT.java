package io.londiste.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.londiste.digest.Comparison;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.repair.Repaired;
import io.londiste.test.ComparedJob;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The condition of compare and repair selects rows and does nothing else. */
@ExtendWith(PostgresPair.class)
class WhereConditionIT {
    private static final List<String> MORE_THAN_A_CONDITION = List.of(
            "true); create table public.evil(); commit; select (1",
            "true; create table public.evil()",
            "true)) as h group by bucket; create table public.evil(); commit; select 1, 1::bigint, 1::numeric"
                    + " from (select 1 as bucket, 1 as hash where (true",
            "true) union all select * from t where (true",
            "true limit 1",
            "true --\n) or (true",
            "true /*",
            "select public.writes()",
            "true group by id",
            "1",
            "count(*) > 0",
            "true) or (true",
            "",
            "a = 'x",
            "a = $$x");

    @TempDir
    Path directory;

    private Db provider;
    private Db subscriber;
    private ComparedJob compared;

    @BeforeEach
    void replicate(@Provider Db provider, @Subscriber Db subscriber) throws SQLException {
        this.provider = provider;
        this.subscriber = subscriber;
        compared = new ComparedJob(
                provider,
                subscriber,
                "create table t (id int primary key, a text); create function writes() returns boolean language plpgsql as"
                        + " $$ begin create table public.evil(); return true; end $$; create function writes_if_it_may() returns boolean"
                        + " language plpgsql as $$ begin if current_setting('transaction_read_only') = 'off' then"
                        + " create table public.evil(); end if; return true; end $$",
                "insert into t select i, 'a' || i from generate_series(1, 20) as i",
                "t");
        subscriber.sql("update t set a = 'wrong' where id in (3, 13)");
    }

    @AfterEach
    void stop() throws SQLException {
        compared.close();
    }

    private static SyncOptions where(String condition) {
        return new SyncOptions(false, false, condition);
    }

    private void assertNothingWasDone() {
        for (Db db : List.of(provider, subscriber)) {
            assertThat(db.sql("select to_regclass('public.evil')")).isEqualTo("null");
        }
        assertThat(subscriber.number("select count(*) from t where a = 'wrong'"))
                .isEqualTo(2);
    }

    @Test
    void whatIsNotOneBooleanExpressionIsRefused() {
        for (String condition : MORE_THAN_A_CONDITION) {
            assertThat(compared.routes().compare(where(condition), "t"))
                    .as(condition)
                    .extracting(Comparison::outcome)
                    .containsExactly(Outcome.UNKNOWN);
            assertThat(compared.routes().apply(directory, where(condition), "t"))
                    .as(condition)
                    .extracting(Repaired::statements)
                    .containsExactly(0L);
            assertNothingWasDone();
        }
    }

    @Test
    void theReasonIsToldWhenTheConditionClosesItsParentheses() {
        assertThat(compared.routes()
                        .compare(where("true) or (true"), "t")
                        .get(0)
                        .problem())
                .startsWith(
                        "the condition (--where) is not exactly one boolean expression: syntax error at or near \")\"");
    }

    @Test
    void aFunctionInTheConditionCannotWrite() {
        assertThat(compared.routes().compare(where("public.writes()"), "t"))
                .extracting(Comparison::problem)
                .singleElement()
                .asString()
                .contains("read-only transaction");
        assertNothingWasDone();

        assertThat(compared.routes()
                        .apply(directory, where("public.writes_if_it_may()"), "t")
                        .get(0)
                        .statements())
                .isEqualTo(2);
        assertThat(subscriber.sql("select to_regclass('public.evil')")).isEqualTo("null");
    }

    @Test
    void anyExpressionSelectsItsRows() {
        for (String condition : List.of(
                "id < 10",
                "id < 10 -- a comment",
                "id < 5 or id between 5 and 9",
                "(id, 1) < (10, 0)",
                "exists (select from public.t as o where o.id = t.id and o.id < 10)",
                "a <> ');' and a <> $$;$$ and id < 10",
                "jsonb_build_object('a', id) ? 'a' and a <> '?' and a <> E'\\'?' and a <> $x$'?$x$ and id < 10 -- isn't it?",
                "/* isn't it? */ not jsonb_build_object('a', id) ?| array['b', 'c'] and id < 10",
                "case when id < 10 then true end")) {
            assertThat(compared.routes().compare(where(condition), "t"))
                    .as(condition)
                    .extracting(Comparison::providerRows, Comparison::different)
                    .containsExactly(tuple(9L, 1L));
        }
        assertThat(compared.routes()
                        .apply(directory, where("id < 10"), "t")
                        .get(0)
                        .statements())
                .isEqualTo(1);
        assertThat(subscriber.number("select count(*) from t where a = 'wrong'"))
                .isEqualTo(1);
    }
}
