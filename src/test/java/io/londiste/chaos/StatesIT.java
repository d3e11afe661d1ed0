package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.chaos.HeldTable.Hold;
import io.londiste.cli.Terminal;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import io.londiste.test.SteadyWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A table is held in each of its states while clients write, each process is killed there, and the table still reaches
 * {@code ok} by itself, with the provider's rows.
 */
@ExtendWith(PostgresPair.class)
@TestInstance(Lifecycle.PER_CLASS)
class StatesIT {
    private static final boolean ALL = "all".equals(System.getProperty("chaos.states"));

    private enum State {
        NEW,
        IN_COPY,
        CATCHING_UP,
        WANNA_SYNC,
        DO_SYNC,
        OK;

        /** As {@code subscriber tables} shows it, without the tick. */
        String shown() {
            return this == NEW ? "NEW" : toString().replace('_', '-');
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private enum Side {
        REPLAY,
        TICKER,
        PROVIDER,
        SUBSCRIBER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Db provider;
    private final Db subscriber;
    private final Job job;
    private HeldTable table;
    private DaemonProcess replay;
    private DaemonProcess ticker;
    private SteadyWriter writer;
    private Hold hold;

    StatesIT(@Provider Db provider, @Subscriber Db subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        job = new Job(provider, subscriber).with("embedded_ticker", "0");
    }

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        Terminal terminal = new Terminal(directory);
        String conf = terminal.file("conf.ini", job.ini());
        replay = DaemonProcess.replay(Path.of(conf));
        ticker = DaemonProcess.ticker(Path.of(terminal.file("ticker.ini", """
                [pgqadm]
                job_name = ticker
                db = %s
                loop_delay = 0.02
                """.formatted(provider.libpq()))));
        table = new HeldTable(provider, subscriber, terminal, conf);
        replay.start();
        ticker.start();
        replay.awaitStart();
        job.add("other", "held");
    }

    @AfterAll
    void end() {
        replay.close();
        ticker.close();
    }

    @BeforeEach
    void write() {
        job.awaitOk();
        table.awaitCalm();
        table.remove();
        writer = new SteadyWriter(provider, HeldTable.WRITE);
    }

    @AfterEach
    void writeNoMore() {
        writer.close();
        if (hold != null) {
            hold.close();
        }
    }

    /** The replay in every state, and each of the others during the copy and the catch-up; with {@code -Dchaos.states=all}, all in all. */
    static Stream<Arguments> sidesInStates() {
        return Arrays.stream(State.values()).flatMap(state -> Arrays.stream(Side.values())
                .filter(side -> ALL || side == Side.REPLAY || state == State.IN_COPY || state == State.CATCHING_UP)
                .map(side -> Arguments.of(state, side)));
    }

    @ParameterizedTest(name = "{0} killed {1}")
    @MethodSource("sidesInStates")
    void reachesOk(State state, Side side) throws Exception {
        hold = reach(state);
        assertThat(table.state()).startsWith(state.shown());
        kill(side);
        revive(side);
        hold.close();

        awaitOk();
        long before = writer.committed();
        Awaitility.await("clients continue").until(() -> writer.committed() > before);
        writer.close();
        job.awaitReplay();
        table.awaitCalm();
        assertThat(table.differences()).isEmpty();
        assertThat(replay.log()).noneMatch(line -> line.contains("not as expected"));
    }

    private void awaitOk() {
        try {
            job.awaitOk();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(job.states() + "\n" + String.join("\n", replay.complaints()), e);
        }
    }

    private Hold reach(State state) throws SQLException {
        return switch (state) {
            case NEW -> table.reachNew();
            case IN_COPY -> table.reachInCopy()::close;
            case CATCHING_UP -> table.reachCatchingUp()::close;
            case WANNA_SYNC -> table.reachWannaSync()::close;
            case DO_SYNC -> table.reachDoSync()::close;
            case OK -> table.reachOk()::close;
        };
    }

    private void kill(Side side) {
        switch (side) {
            case REPLAY -> replay.kill();
            case TICKER -> ticker.kill();
            case PROVIDER -> provider.control().kill();
            case SUBSCRIBER -> subscriber.control().kill();
        }
    }

    private void revive(Side side) throws IOException, InterruptedException {
        switch (side) {
            case REPLAY -> {
                replay.start();
                replay.awaitStart();
            }
            case TICKER -> ticker.start();
            case PROVIDER -> provider.control().start();
            case SUBSCRIBER -> subscriber.control().start();
        }
    }
}
