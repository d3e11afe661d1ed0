package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FailureCountTest {
    private final FailureCount failures = new FailureCount();

    private LongStream delays(int count, long first, long maximum) {
        return LongStream.range(0, count).map(i -> {
            failures.add(null);
            return failures.delay(first, maximum);
        });
    }

    @Test
    void theDelayDoublesUpToTheMaximumAndBeginsAgainAfterASuccess() {
        assertThat(failures.delay(1000, 30_000)).isZero();
        assertThat(delays(7, 1000, 30_000)).containsExactly(1000L, 2000L, 4000L, 8000L, 16_000L, 30_000L, 30_000L);
        failures.reset();
        assertThat(failures.delay(1000, 30_000)).isZero();
        assertThat(delays(2, 1000, 30_000)).containsExactly(1000L, 2000L);
    }

    @Test
    void aMaximumBelowTheFirstDelayKeepsItConstant() {
        assertThat(delays(3, 1000, 0)).containsExactly(1000L, 1000L, 1000L);
    }

    @Test
    void withoutAFirstDelayTheOthersStillGrow() {
        assertThat(delays(4, 0, 30_000)).containsExactly(1L, 2L, 4L, 8L);
    }

    @Test
    void manyFailuresDoNotOverflow() {
        assertThat(delays(100, 3_600_000, Long.MAX_VALUE)).isSorted().allMatch(delay -> delay > 0);
    }

    @Test
    void remembersTheLastCause() {
        failures.add(new IllegalStateException("first"));
        failures.add(new IllegalStateException("second"));

        assertThat(failures.count()).isEqualTo(2);
        assertThat(failures.last()).hasMessage("second");
        failures.reset();
        assertThat(failures.count()).isZero();
        assertThat(failures.last()).isNull();
    }
}
