package io.londiste.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.pgq.QueueInfo;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a queue counts as being without a ticker, and what is said then. */
class TickerCheckTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final TickerCheck replay =
            new TickerCheck(Settings.of(Section.LONDISTE, Map.of("job_name", "job", "pgq_queue_name", "q")));
    private final TickerCheck embedded = new TickerCheck(
            Settings.of(Section.LONDISTE, Map.of("job_name", "job", "pgq_queue_name", "q", "embedded_ticker", "1")));
    private final TickerCheck ticker = new TickerCheck(Settings.of(Section.PGQADM, Map.of("job_name", "clock")));

    private static QueueInfo queue(Duration maxLag, Duration lag) {
        return queue("q", maxLag, lag, false, false);
    }

    private static QueueInfo queue(String name, Duration maxLag, Duration lag, boolean paused, boolean external) {
        return new QueueInfo(name, 3, Duration.ofHours(2), 500, maxLag, MINUTE, paused, external, lag, 0.0, 0L, 1L);
    }

    @Test
    void idleQueueMayHaveNoTickForThreeIdlePeriods() {
        assertThat(replay.error(queue(SHORT, MINUTE.multipliedBy(3)), null)).isEmpty();
        assertThat(replay.error(queue(SHORT, MINUTE.multipliedBy(3).plusMillis(1)), null))
                .isEqualTo(
                        "queue q has had no tick for 180 s (ticker_idle_period is 60 s): the ticker of the provider does"
                                + " not run or cannot reach the database; start it (pgqadm -d ticker.ini ticker), or see its log");
    }

    @Test
    void eventsMayWaitForThreeTimesTheMaximumLag() {
        var slow = queue(Duration.ofSeconds(10), SHORT);
        assertThat(replay.error(slow, Duration.ofSeconds(30))).isEmpty();
        assertThat(replay.error(slow, Duration.ofSeconds(31)))
                .startsWith(
                        "events of queue q have been waiting for a tick for more than 31 s (ticker_max_lag is 10.0 s)");
    }

    @Test
    void aRestartOfTheTickerIsNoError() {
        var fast = queue(Duration.ofMillis(5), SHORT);
        assertThat(replay.error(fast, Duration.ofSeconds(5))).isEmpty();
        assertThat(replay.error(fast, Duration.ofSeconds(6))).isNotEmpty();
    }

    @Test
    void theTickerIsNamed() {
        var dead = queue(SHORT, Duration.ofHours(1));
        assertThat(embedded.error(dead, null)).contains("ticker job does not tick");
        assertThat(ticker.error(dead, null)).contains("ticker clock does not tick");
    }

    @Test
    void pausedTickerIsAnErrorOfTheReplayOnly() {
        var paused = queue("q", SHORT, Duration.ofHours(1), true, false);
        assertThat(replay.error(paused, null)).contains("resume it: pgqadm ticker.ini config q ticker_paused=0");
        assertThat(ticker.error(paused, null)).isEmpty();
        var external = queue("q", SHORT, Duration.ofHours(1), false, true);
        assertThat(replay.error(external, null)).contains("ticks come from another program");
        assertThat(ticker.error(external, null)).isEmpty();
    }
}
