package io.londiste.ticker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TickerPaceTest {
    private static final Duration CHECK = Duration.ofMillis(2);

    private final TickerPace pace = new TickerPace(Duration.ofMillis(500), false);

    @Test
    void staysAlertForAWhileAndThenRestsLongerAndLonger() {
        assertThat(LongStream.range(0, 15).map(look -> pace.rest(0, CHECK)))
                .containsExactly(5L, 5L, 5L, 5L, 5L, 5L, 5L, 5L, 10L, 20L, 40L, 80L, 100L, 101L, 102L);
    }

    @Test
    void restsLongSoonIfAChangeWakesIt() {
        var wakes = new TickerPace(Duration.ofMillis(500), true);

        assertThat(LongStream.range(0, 16).map(look -> wakes.rest(0, CHECK)))
                .containsExactly(5L, 5L, 5L, 5L, 5L, 5L, 5L, 5L, 10L, 20L, 40L, 80L, 160L, 320L, 500L, 500L);
    }

    @Test
    void aRestIsAboutAHundredthOfTheQuietBeforeIt() {
        long quiet = LongStream.range(0, 100).map(look -> pace.rest(0, CHECK)).sum();

        assertThat(pace.rest(0, CHECK)).isBetween(quiet / 100, quiet / 100 + 100);
        assertThat(LongStream.range(0, 1_000).map(look -> pace.rest(0, CHECK)).max())
                .hasValue(500);
    }

    @Test
    void comesBackSoonWhenThereWasSomething() {
        LongStream.range(0, 14).forEach(look -> pace.rest(0, CHECK));

        assertThat(pace.rest(1, CHECK)).isBetween(5L, 20L);
        assertThat(pace.rest(0, CHECK)).isEqualTo(5);
    }

    @Test
    void neverRestsLongerThanItMay() {
        assertThat(new TickerPace(Duration.ofMillis(1), false).rest(1, CHECK)).isEqualTo(1);
    }
}
