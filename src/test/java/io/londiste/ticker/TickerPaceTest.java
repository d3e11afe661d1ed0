package io.londiste.ticker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TickerPaceTest {
    private final TickerPace pace = new TickerPace(Duration.ofMillis(500));

    @Test
    void staysAlertForAWhileAndThenRestsLongerAndLonger() {
        assertThat(LongStream.range(0, 15).map(look -> pace.rest(0)))
                .containsExactly(5L, 5L, 5L, 5L, 5L, 5L, 5L, 5L, 10L, 20L, 40L, 80L, 100L, 101L, 102L);
    }

    @Test
    void aRestIsAboutAHundredthOfTheQuietBeforeIt() {
        long quiet = LongStream.range(0, 100).map(look -> pace.rest(0)).sum();

        assertThat(pace.rest(0)).isBetween(quiet / 100, quiet / 100 + 100);
        assertThat(LongStream.range(0, 1_000).map(look -> pace.rest(0)).max()).hasValue(500);
    }

    @Test
    void comesBackSoonWhenThereWasSomething() {
        LongStream.range(0, 14).forEach(look -> pace.rest(0));

        assertThat(pace.rest(1)).isBetween(5L, 20L);
        assertThat(pace.rest(0)).isEqualTo(5);
    }

    @Test
    void neverRestsLongerThanItMay() {
        assertThat(new TickerPace(Duration.ofMillis(1)).rest(1)).isEqualTo(1);
    }
}
