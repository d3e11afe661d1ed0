package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A value that cannot be read stops its table, and no other. */
@ExtendWith(PostgresPair.class)
class BadValuesIT {
    private static final String TABLES =
            "create table good (id int primary key, v text); create table bad (id int primary key, v text)";

    private static void awaitReason(Db subscriber, String reason) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        subscriber.sql(
                                "select string_agg(reason, ' ') from londiste.subscriber_table where table_name = 'public.bad'"))
                .contains(reason));
    }

    @ParameterizedTest
    @CsvSource({"SQL_ASCII, E'\\377', cannot be read: ", "WIN1252, chr(129), 'has no equivalent in encoding \"UTF8\"'"})
    void aByteThatIsNoCharacterStopsItsTable(String encoding, String value, String reason) throws Exception {
        try (var provider = PostgresPair.database(
                        15, "encoding '" + encoding + "' lc_collate 'C' lc_ctype 'C' template template0");
                var subscriber = PostgresPair.database(18, "template template0");
                var job = new Job(provider, subscriber)) {
            provider.sql(TABLES);
            subscriber.sql(TABLES);
            job.add("good", "bad").start().awaitOk();

            provider.sql("insert into good select n, 'a' from generate_series(1, 300) n");
            provider.sql("insert into bad values (1, " + value + ")");
            provider.sql("insert into good select n, 'b' from generate_series(301, 600) n");
            awaitReason(subscriber, "a change (event ");
            awaitReason(subscriber, reason);
            awaitReason(
                    subscriber,
                    "correct the row on the provider, then copy the table again (londiste ... subscriber resync public.bad)");
            job.awaitReplay();
            assertThat(subscriber.number("select count(*) from good")).isEqualTo(600);

            provider.sql("update bad set v = 'c'");
            subscriber.sql("select londiste.subscriber_resync_table('queue', 'bad')");
            job.awaitOk();
            assertThat(subscriber.rows("select id, v from bad")).containsExactly("1|c");
        }
    }

    @Test
    void anEventOfAnotherProgramThatCannotBeDecodedStopsItsTable() throws Exception {
        try (var provider = PostgresPair.database(15, "");
                var subscriber = PostgresPair.database(18, "");
                var job = new Job(provider, subscriber)) {
            provider.sql(TABLES);
            subscriber.sql(TABLES);
            job.add("good", "bad").start().awaitOk();

            provider.sql("select pgq.insert_event('queue', 'U', 'v=''x', 'public.bad', null, null, null)");
            provider.sql("insert into good values (1, 'a')");

            awaitReason(subscriber, "cannot be read: expected the end of a quoted text");
            job.awaitReplay();
            assertThat(subscriber.number("select count(*) from good")).isEqualTo(1);
        }
    }
}
