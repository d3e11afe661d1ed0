package io.londiste.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.pgq.ConsumerInfo;
import io.londiste.pgq.QueueInfo;
import io.londiste.subscriber.ReplayProgress;
import io.londiste.watch.JobState.Reader;
import io.londiste.watch.JobState.Side;
import io.londiste.watch.JobState.Ticks;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The lag and the errors of a state that could not be renewed. */
class JobStateTest {
    private static JobState state(String error, Duration age, String ticker) {
        var minute = Duration.ofMinutes(1);
        var side = new Side("17", error, System.nanoTime() - age.toNanos());
        return new JobState(
                System.nanoTime(),
                Map.of(),
                new ReplayProgress(7L, null, null, 0, 0),
                Map.of(),
                Map.of("q", new QueueInfo("q", 3, minute, 500, minute, minute, false, false, minute, 0.0, 0L, 7L)),
                Map.of(new Reader("q", "c"), new ConsumerInfo("q", "c", Duration.ofSeconds(2), minute, 7L, null, 0L)),
                Map.of(),
                Map.of("q", new Ticks(null, ticker)),
                side,
                Side.UNKNOWN,
                new Standing(null, null, null));
    }

    @Test
    void aConsumerAtTheEndHasNoLag() {
        assertThat(state("", Duration.ZERO, "").lag("q", "c")).isZero();
        assertThat(state("", Duration.ZERO, "").errors()).isEmpty();
    }

    @Test
    void lagCountsOnFromTheLastKnownTickWhileTheProviderIsDown() {
        var down = state("down", Duration.ofHours(1), "");
        assertThat(down.first().isStale()).isTrue();
        assertThat(down.lag("q", "c"))
                .isGreaterThanOrEqualTo(Duration.ofHours(1).plusSeconds(2));
    }

    @Test
    void aServerThatDoesNotRespondIsAnErrorAndItsFiguresAreStale() {
        var hanging = state("", Duration.ofHours(1), "");
        assertThat(hanging.first().isStale()).isTrue();
        assertThat(hanging.lag("q", "c")).isGreaterThanOrEqualTo(Duration.ofHours(1));
        assertThat(hanging.errors()).singleElement().asString().contains("could not be read for more than 10 s");
    }

    @Test
    void theTickersErrorIsShownUnlessTheProviderIsDown() {
        assertThat(state("", Duration.ZERO, "no ticks").errors()).containsExactly("no ticks");
        assertThat(state("down", Duration.ofHours(1), "no ticks").errors()).containsExactly("down");
    }
}
