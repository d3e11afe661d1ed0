package io.londiste.demo;

import io.londiste.demo.DemoPicture.Line;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Replication to look at: two servers, a shop that is written to all the time on the one, and its tables on their way to
 * the other. Everything it starts and makes goes with it.
 */
public final class Demo {
    private static final int CLIENTS = 6;
    private static final int PER_SECOND = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** How long the shop goes on after all tables are in sync, unattended. */
    private static final Duration IN_SYNC = Duration.ofSeconds(5);

    private final DemoScreen screen;
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private Demo(DemoScreen screen) {
        this.screen = screen;
    }

    /** Somebody pressed Ctrl-C: what was begun is put away, and nothing more is said. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /**
     * Shows the demo.
     *
     * @param once ends by itself: when all tables are in sync it stops writing, waits for the replay and compares both
     *     sides row by row. Otherwise it goes on until Ctrl-C.
     * @return the exit code: 0, or 1 if something went wrong, which has then been said
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
        screen.say("Starting PostgreSQL " + DemoServers.PROVIDER_MAJOR + " as provider and "
                + DemoServers.SUBSCRIBER_MAJOR + " as subscriber");
        try (var servers = DemoServers.open()) {
            pause(Duration.ZERO);
            screen.say("Making the shop, and filling it on the provider");
            Shop.create(servers.provider());
            Shop.create(servers.subscriber());
            Shop.fill(servers.provider());
            var tables = Shop.tables(servers.provider());
            try (var load = new ShopLoad(servers.provider(), CLIENTS, PER_SECOND, System.nanoTime());
                    var job = new DemoJob(servers)) {
                load.start();
                screen.say("Clients write. Installing PgQ and Londiste, starting ticker and replay");
                job.start();
                pause(Duration.ZERO);
                job.add(tables);
                return once ? untilEqual(servers, load, job) : untilInterrupted(load, job);
            }
        }
    }

    private int untilInterrupted(ShopLoad load, DemoJob job) throws SQLException, IOException {
        try (var console = DemoConsole.open(screen)) {
            screen.say("The console is at " + console.uri());
            while (true) {
                show(load, job);
            }
        }
    }

    private int untilEqual(DemoServers servers, ShopLoad load, DemoJob job) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        var picture = show(load, job);
        while (!picture.allOk()) {
            if (System.nanoTime() > deadline) {
                throw new LondisteException("after " + PATIENCE.toSeconds() + " s, only " + picture.ok() + " of "
                        + picture.tables().size() + " tables are ok: " + picture.troubles());
            }
            picture = show(load, job);
        }
        screen.say("All tables are in sync, and are written to for another " + IN_SYNC.toSeconds() + " s");
        pause(IN_SYNC);
        load.stop();
        screen.say(load.committed() + " transactions written, " + load.rolledBack() + " rolled back");
        catchUp(job);
        screen.say("The replay has caught up. Comparing row by row");
        return compare(servers, job, show(load, job));
    }

    /** Waits until the subscriber shows all that was committed up to now. */
    private void catchUp(DemoJob job) throws SQLException {
        // a tick may be on its way that saw less; the one after it has seen all
        long last = job.lastTick() + 2;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (job.position() < last) {
            if (System.nanoTime() > deadline) {
                throw new LondisteException("after " + PATIENCE.toSeconds() + " s, the replay is at tick "
                        + job.position() + ", which is before tick " + last + " (the queue's last one is "
                        + job.lastTick() + ")");
            }
            if (job.lastTick() < last) {
                job.forceTick();
            }
            pause(Duration.ofMillis(50));
        }
    }

    private int compare(DemoServers servers, DemoJob job, DemoPicture picture) throws SQLException {
        var tables = picture.tables().stream().map(Line::table).toList();
        var differences = new DemoCompare(servers.provider(), servers.subscriber()).differences(tables);
        job.pendingForeignKeys().forEach(name -> differences.add("foreign key not back: " + name));
        differences.forEach(difference -> screen.say("difference: " + difference));
        screen.close("demo: %d tables ok, %d events applied, %d differences"
                .formatted(picture.ok(), picture.applied(), differences.size()));
        return picture.allOk() && differences.isEmpty() ? 0 : 1;
    }

    private DemoPicture show(ShopLoad load, DemoJob job) throws SQLException {
        pause(Duration.ofMillis(250));
        if (load.failure().isPresent()) {
            throw load.failure().get();
        }
        var picture = job.picture(load);
        screen.show(picture);
        return picture;
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

    /** The process ends when its shutdown hooks have, so this one waits until everything is put away. */
    private void interrupt() {
        interrupted.countDown();
        try {
            ended.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
