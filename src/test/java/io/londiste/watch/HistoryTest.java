package io.londiste.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.watch.History.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final AtomicLong nanos = new AtomicLong();
    private final History history = new History(nanos::get);

    private void add(int number, Duration apart) {
        for (int i = 0; i < number; i++) {
            var stopped = i;
            history.add(() -> new Sample(Instant.EPOCH, null, null, 0, 0, stopped));
            nanos.addAndGet(apart.toNanos());
        }
    }

    @Test
    void samplesAreAtLeastFifteenSecondsApart() {
        add(16, Duration.ofSeconds(2));

        assertThat(history.list()).extracting(Sample::stopped).containsExactly(0, 8);
    }

    @Test
    void noMoreThanSixHoursAreKept() {
        add(10_000, Duration.ofSeconds(15));
        assertThat(history.list()).hasSize(6 * 60 * 4);
        assertThat(history.list().get(0).stopped()).isEqualTo(10_000 - 6 * 60 * 4);

        nanos.addAndGet(Duration.ofHours(7).toNanos());
        add(1, Duration.ZERO);
        assertThat(history.list()).hasSize(1);
    }
}
