package io.londiste.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two fresh databases for each test, on which nothing is installed yet. */
@ExtendWith(PostgresPair.class)
public abstract class PairFixture {
    protected Db provider;
    protected Db subscriber;

    @BeforeEach
    final void openPair(@Provider Db provider, @Subscriber Db subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
    }

    /** Runs statements on the provider, then on the subscriber. */
    protected final void onBoth(String statements) {
        provider.sql(statements);
        subscriber.sql(statements);
    }

    /** Both databases have the same rows in each of these tables. */
    protected final void assertEqual(String... tables) {
        for (String table : tables) {
            String rows = "select t::text from " + table + " t order by t::text collate \"C\"";
            assertThat(subscriber.rows(rows)).as(table).isEqualTo(provider.rows(rows));
        }
    }
}
