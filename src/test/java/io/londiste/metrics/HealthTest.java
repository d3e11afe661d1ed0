package io.londiste.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.app.Application;
import io.londiste.change.TableName;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.digest.LastComparison;
import io.londiste.subscriber.ReplayProgress;
import io.londiste.subscriber.TableStatus;
import io.londiste.table.TableState;
import io.londiste.watch.ControlledDaemon;
import io.londiste.watch.ControlledDaemon.State;
import io.londiste.watch.JobState;
import io.londiste.watch.JobState.Side;
import io.londiste.watch.JobView;
import io.londiste.watch.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rows of the table of health in examples/monitoring; MetricsIT has those that need databases, too. */
class HealthTest {
    private static final TableName TABLE = new TableName("public", "t");
    private static final Duration SMALL = Duration.ofMillis(20);
    private static final Duration LARGE = Duration.ofHours(1);

    private final Settings settings = Settings.of(Section.LONDISTE, Map.of("lag_limit", "60"));

    /** A daemon that is only looked at. */
    private record Daemon(Condition condition) implements ControlledDaemon {
        @Override
        public Optional<Application> application() {
            return Optional.empty();
        }

        @Override
        public void pause() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void resume() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void rewind() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reset() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reload() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void stop() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void kill() {
            throw new UnsupportedOperationException();
        }
    }

    private JobView view(State state, Duration lag, String... errors) {
        return view(state, lag, null, Map.of(), errors);
    }

    private JobView view(
            State state, Duration lag, String reason, Map<TableName, LastComparison> compared, String... errors) {
        var side = new Side("17", "", System.nanoTime());
        var table = new TableStatus(TABLE, TableState.OK, null, null, null, null, false, false, reason, "");
        var job = new JobState(
                System.nanoTime(),
                Map.of(TABLE, table),
                new ReplayProgress(1L, null, null, 0, 0),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                side,
                side,
                new Standing(null, null, null));
        var daemon = new Daemon(new ControlledDaemon.Condition(state, "", Instant.now()));
        return new JobView(settings, daemon, job, List.of(errors), List.of(), lag, compared);
    }

    private static Map<TableName, LastComparison> compared(Outcome outcome) {
        return Map.of(TABLE, new LastComparison(Instant.now(), outcome, 2L, 1L, 1L, 0L, 0L, ""));
    }

    private static void assertHealth(JobView view, boolean ready, boolean complete) {
        assertThat(Health.live(view).isHealthy()).as("live").isTrue();
        assertThat(Health.ready(view).isHealthy()).as("ready").isEqualTo(ready);
        assertThat(Health.complete(view).isHealthy()).as("complete").isEqualTo(complete);
    }

    @Test
    void runningWithoutErrorIsHealthy() {
        assertHealth(view(State.RUNNING, SMALL), true, true);
        assertHealth(view(State.RUNNING, null), true, true);
    }

    @Test
    void pausedByItsOperatorIsHealthyWhateverTheLag() {
        assertHealth(view(State.PAUSED, LARGE), true, true);
    }

    @Test
    void standbyIsHealthyWhateverTheLagOfTheOtherProcess() {
        assertHealth(view(State.STANDBY, LARGE), true, true);
    }

    @Test
    void waitingAndStoppingAreNotReady() {
        assertHealth(view(State.WAITING, null), false, false);
        assertHealth(view(State.STOPPING, SMALL), false, false);
    }

    @Test
    void anErrorOfDatabaseTickerOrBatchIsNotReadyInAnyState() {
        for (var state : State.values()) {
            var view = view(state, SMALL, "the server does not respond");
            assertHealth(view, false, false);
            assertThat(Health.ready(view).json()).contains("\"status\":\"DOWN\"", "the server does not respond");
        }
    }

    @Test
    void lagAboveTheLimitIsNotReady() {
        var view = view(State.RUNNING, LARGE);
        assertHealth(view, false, false);
        assertThat(Health.ready(view).problems())
                .containsExactly("the subscriber is 3600 s behind, more than lag_limit, 60 s");
    }

    @Test
    void stoppedTableIsReadyButNotHealthy() {
        var view = view(State.RUNNING, SMALL, "no such column", Map.of());
        assertHealth(view, true, false);
        assertThat(Health.complete(view).json()).contains("\"status\":\"DOWN\"", "public.t is stopped: no such column");
    }

    @Test
    void differencesAndFailedComparisonsAreReadyButNotHealthy() {
        assertHealth(view(State.RUNNING, SMALL, null, compared(Outcome.EQUAL)), true, true);
        assertHealth(view(State.RUNNING, SMALL, null, compared(Outcome.DIFFERENT)), true, false);
        assertHealth(view(State.RUNNING, SMALL, null, compared(Outcome.UNKNOWN)), true, false);
    }
}
