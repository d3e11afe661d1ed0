package io.londiste.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginLimitTest {
    private final AtomicLong nanos = new AtomicLong();
    private final LoginLimit limit = new LoginLimit(nanos::get);

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            long wait = limit.attempt(address);
            nanos.addAndGet(Duration.ofSeconds(wait).toNanos());
            if (wait > 0) {
                assertThat(limit.attempt(address)).isZero();
            }
        }
    }

    @Test
    void waitsGrowToAMinuteAndNoFarther() {
        fail("a", 5);
        assertThat(limit.attempt("a")).isEqualTo(1);
        fail("a", 4);
        assertThat(limit.attempt("a")).isEqualTo(16);
        fail("a", 50);
        assertThat(limit.attempt("a")).isEqualTo(60);
    }

    @Test
    void othersAreNotKeptOut() {
        fail("a", 9);
        assertThat(limit.attempt("b")).isZero();
    }

    @Test
    void aSuccessEndsIt() {
        fail("a", 4);
        limit.succeeded("a");
        fail("a", 4);
        assertThat(limit.attempt("a")).isZero();
    }

    @Test
    void manyAtOnceDoNotGetBy() {
        for (int i = 0; i < 5; i++) {
            assertThat(limit.attempt("a")).isZero();
        }
        assertThat(limit.attempt("a")).isPositive();
    }
}
