package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A rate is that of the last minute, or of the time there was. */
class RateTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong clock = new AtomicLong(-5 * SECOND);
    private final Rate rate = new Rate(clock::get);

    @Test
    void whatIsOlderThanAMinuteDoesNotCount() {
        rate.add(100);
        clock.addAndGet(9 * SECOND);
        rate.add(100);
        assertThat(rate.perSecond()).isEqualTo(20.0);

        clock.addAndGet(50 * SECOND);
        assertThat(rate.perSecond()).isEqualTo(200 / 60.0);
        clock.addAndGet(SECOND);
        assertThat(rate.perSecond()).isEqualTo(100 / 60.0);
        clock.addAndGet(600 * SECOND);
        assertThat(rate.perSecond()).isZero();
    }
}
