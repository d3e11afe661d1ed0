package io.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TickerPaceTest {
    private final TickerPace pace = new TickerPace(Duration.ofMillis(100));

    @Test
    void restsLongerAndLongerWhileThereIsNothing() {
        assertThat(LongStream.range(0, 7).map(look -> pace.rest(0)))
                .containsExactly(8L, 16L, 32L, 64L, 100L, 100L, 100L);
    }

    @Test
    void comesBackSoonWhenThereWasSomething() {
        LongStream.range(0, 7).forEach(look -> pace.rest(0));

        assertThat(pace.rest(1)).isLessThan(100);
        assertThat(pace.rest(0)).isGreaterThanOrEqualTo(8);
    }

    @Test
    void neverRestsLongerThanItMay() {
        assertThat(new TickerPace(Duration.ofMillis(1)).rest(1)).isEqualTo(1);
    }
}
