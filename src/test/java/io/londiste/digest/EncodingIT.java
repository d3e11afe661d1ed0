package io.londiste.digest;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.digest.Comparison.Outcome;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two sides that write, sort and count as letters the same text in different ways. */
@ExtendWith(PostgresPair.class)
class EncodingIT {
    private static final String TABLES = """
            create table word (word text primary key, n numeric, t timestamptz);
            create table pair (a varchar(40), b int, v text, primary key (a, b));
            create table bag (v text)
            """;
    /** Letters that sort elsewhere in each encoding and language; enough for several pages. */
    private static final String ROWS = """
            insert into word
              select substr('%1$s', i %% length('%1$s') + 1, 1) || repeat('ü', i %% 7) || i, i / 8.0, now()
              from generate_series(1, 6000) i;
            insert into pair select word, row_number() over (), upper(word) from word;
            insert into bag select word from word
            """;

    private static final String LETTERS = "äÄaAößzé -";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "15; encoding 'LATIN1' locale 'C'; 18; encoding 'UTF8' locale 'C' locale_provider icu icu_locale 'de'",
                "18; encoding 'UTF8' locale 'C' locale_provider icu icu_locale 'sv'; 13; encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'",
                "13; encoding 'WIN1252' lc_collate 'C' lc_ctype 'C'; 18; encoding 'UTF8' locale 'C'",
                "13; encoding 'UTF8' lc_collate 'C' lc_ctype 'C'; 18; encoding 'UTF8' locale 'C' locale_provider icu icu_locale 'de'"
            })
    void everyDifferenceIsFoundAndRepairedAndNothingElse(
            int providerMajor, String providerOptions, int subscriberMajor, String subscriberOptions)
            throws IOException, SQLException {
        boolean latin1 = (providerOptions + subscriberOptions).contains("LATIN1");
        try (var provider = PostgresPair.database(providerMajor, providerOptions + " template template0");
                var subscriber = PostgresPair.database(subscriberMajor, subscriberOptions + " template template0")) {
            provider.sql(TABLES);
            provider.sql(ROWS.formatted(latin1 ? LETTERS : LETTERS + "€ŒŸ"));
            subscriber.sql(TABLES);
            try (var job =
                    new Job(provider, subscriber).add("word", "pair").start().awaitOk()) {
                compare(job, provider, subscriber);
            }
        }
    }

    private void compare(Job job, Db provider, Db subscriber) throws SQLException {
        subscriber.sql("insert into bag select word from word order by random();"
                + "insert into londiste.subscriber_table (queue_name, table_name, merge_state)"
                + " values ('queue', 'public.bag', 'ok')");
        try (var lock = ComparisonRoutes.lockReplay(subscriber);
                var routes = new ComparisonRoutes(job.settings())) {
            assertThat(lock.isClosed()).isFalse();
            assertThat(routes.compare())
                    .extracting(Comparison::outcome)
                    .containsExactly(Outcome.EQUAL, Outcome.EQUAL, Outcome.EQUAL);

            subscriber.sql("""
                    update word set n = n + 1 where n in (6, 60); update word set word = 'Ä' || word where n = 70;
                    delete from pair where b in (5, 500, 5000); update pair set v = replace(v, 'Ä', 'ä') where b between 1 and 1000;
                    delete from bag where ctid = '(0,7)'
                    """);
            var found = routes.compare();
            assertThat(found)
                    .extracting(result -> result.missing() + " " + result.extra())
                    .containsExactly("1 1", "3 0", "1 0");
            assertThat(found.get(0).different()).isEqualTo(2);

            routes.apply(directory, ComparisonRoutes.PLAIN, "word", "pair");
            for (var table : new String[] {"word", "pair"}) {
                var rows =
                        "select md5(string_agg(md5(convert_to(t::text, 'UTF8')), '' order by convert_to(t::text, 'UTF8')))"
                                + " from " + table + " t";
                assertThat(subscriber.sql(rows)).as(table).isEqualTo(provider.sql(rows));
            }
        }
    }
}
