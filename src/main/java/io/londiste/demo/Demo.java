package io.londiste.demo;

import io.londiste.demo.DemoState.Line;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A demonstration: two servers, a load of transactions on the database of a shop on one, and replication of its tables to
 * the other. Everything that it starts and creates is removed at its end.
 */
public final class Demo {
    private static final int CLIENTS = 6;
    private static final int PER_SECOND = 100;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** How long the load continues after all tables are in sync, with {@code --once}. */
    private static final Duration IN_SYNC = Duration.ofSeconds(5);

    private final DemoScreen screen;
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private Demo(DemoScreen screen) {
        this.screen = screen;
    }

    /** Ctrl-C was pressed: the demo cleans up without further messages. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /**
     * Runs the demo.
     *
     * @param once whether to end by itself: when all tables are in sync, the demo stops writing, waits for the replay and
     *     compares both sides row by row. Otherwise it runs until Ctrl-C.
     * @return the exit code: 0, or 1 after an error, which has been printed
     */
    public static int run(boolean once, PrintStream out) {
        var screen = new DemoScreen(out, !once && DemoScreen.onTerminal());
        DemoLog.to(screen);
        var demo = new Demo(screen);
        Runtime.getRuntime().addShutdownHook(new Thread(demo::interrupt, "demo-interrupt"));
        try {
            return demo.run(once);
        } catch (Interrupted e) {
            return 0;
        } catch (LondisteException | SQLException | IOException e) {
            screen.close("demo: " + e.getMessage());
            return 1;
        } finally {
            demo.ended.countDown();
        }
    }

    private int run(boolean once) throws SQLException, IOException {
        screen.message("Starting PostgreSQL " + DemoServers.PROVIDER_MAJOR + " as provider and "
                + DemoServers.SUBSCRIBER_MAJOR + " as subscriber");
        try (var servers = DemoServers.open()) {
            pause(Duration.ZERO);
            screen.message("Creating the shop's tables, and filling them on the provider");
            Shop.create(servers.provider());
            Shop.create(servers.subscriber());
            Shop.fill(servers.provider());
            var tables = Shop.tables(servers.provider());
            try (var load = new ShopLoad(servers.provider(), CLIENTS, PER_SECOND, System.nanoTime());
                    var job = new DemoJob(servers)) {
                load.start();
                screen.message("Clients are writing. Installing PgQ and Londiste, starting ticker and replay");
                job.start();
                pause(Duration.ZERO);
                job.add(tables);
                return once ? untilEqual(servers, load, job) : untilInterrupted(load, job);
            }
        }
    }

    private int untilInterrupted(ShopLoad load, DemoJob job) throws SQLException, IOException {
        try (var console = DemoConsole.open(screen)) {
            screen.message("The console is at " + console.uri());
            while (true) {
                show(load, job);
            }
        }
    }

    private int untilEqual(DemoServers servers, ShopLoad load, DemoJob job) throws SQLException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        var state = show(load, job);
        while (!state.allOk()) {
            if (System.nanoTime() > deadline) {
                throw new LondisteException("after " + TIMEOUT.toSeconds() + " s, only " + state.ok() + " of "
                        + state.tables().size() + " tables are ok: " + state.notOk());
            }
            state = show(load, job);
        }
        screen.message("All tables are in sync; clients continue to write for " + IN_SYNC.toSeconds() + " s");
        pause(IN_SYNC);
        load.stop();
        screen.message(load.committed() + " transactions written, " + load.rolledBack() + " rolled back");
        catchUp(job);
        screen.message("The replay has caught up. Comparing row by row");
        return compare(servers, job, show(load, job));
    }

    /** Waits until the subscriber has everything that was committed before. */
    private void catchUp(DemoJob job) throws SQLException {
        // a tick that is being made now may not include everything; the next one does
        long last = job.lastTick() + 2;
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (job.position() < last) {
            if (System.nanoTime() > deadline) {
                throw new LondisteException("after " + TIMEOUT.toSeconds() + " s, the replay is at tick "
                        + job.position() + ", which is before tick " + last + " (the queue's last one is "
                        + job.lastTick() + ")");
            }
            if (job.lastTick() < last) {
                job.forceTick();
            }
            pause(Duration.ofMillis(50));
        }
    }

    private int compare(DemoServers servers, DemoJob job, DemoState state) throws SQLException {
        var tables = state.tables().stream().map(Line::table).toList();
        var differences = new DemoCompare(servers.provider(), servers.subscriber()).differences(tables);
        job.pendingForeignKeys().forEach(name -> differences.add("foreign key not restored: " + name));
        differences.forEach(difference -> screen.message("difference: " + difference));
        screen.close("demo: %d tables ok, %d events applied, %d differences"
                .formatted(state.ok(), state.applied(), differences.size()));
        return state.allOk() && differences.isEmpty() ? 0 : 1;
    }

    private DemoState show(ShopLoad load, DemoJob job) throws SQLException {
        pause(Duration.ofMillis(250));
        if (load.failure().isPresent()) {
            throw load.failure().get();
        }
        var state = job.state(load);
        screen.show(state);
        return state;
    }

    private void pause(Duration pause) {
        try {
            if (interrupted.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Interrupted();
            }
        } catch (InterruptedException e) {
            throw new Interrupted();
        }
    }

    /** Runs as a shutdown hook and waits until everything is cleaned up, since the process ends after its hooks. */
    private void interrupt() {
        interrupted.countDown();
        try {
            ended.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
