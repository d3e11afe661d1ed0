package io.londiste.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private final AtomicLong nanos = new AtomicLong();
    private final LoginThrottle throttle = new LoginThrottle(nanos::get);

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            long wait = throttle.attempt(address);
            nanos.addAndGet(Duration.ofSeconds(wait).toNanos());
            if (wait > 0) {
                assertThat(throttle.attempt(address)).isZero();
            }
        }
    }

    @Test
    void waitsGrowToAMinuteAndNoFarther() {
        fail("a", 5);
        assertThat(throttle.attempt("a")).isEqualTo(1);
        fail("a", 4);
        assertThat(throttle.attempt("a")).isEqualTo(16);
        fail("a", 50);
        assertThat(throttle.attempt("a")).isEqualTo(60);
    }

    @Test
    void othersAreNotKeptOut() {
        fail("a", 9);
        assertThat(throttle.attempt("b")).isZero();
    }

    @Test
    void aSuccessEndsIt() {
        fail("a", 4);
        throttle.succeeded("a");
        fail("a", 4);
        assertThat(throttle.attempt("a")).isZero();
    }

    @Test
    void manyAtOnceDoNotGetBy() {
        for (int i = 0; i < 5; i++) {
            assertThat(throttle.attempt("a")).isZero();
        }
        assertThat(throttle.attempt("a")).isPositive();
    }
}
