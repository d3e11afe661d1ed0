package io.londiste.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** This program, started in the same way as by users, with a separate ticker. */
final class Ours implements Peer {
    private static final String LONDISTE =
            Path.of("bin/londiste").toAbsolutePath().toString();
    private static final String PGQADM = Path.of("bin/pgqadm").toAbsolutePath().toString();

    private final Pair pair;
    private final String job;
    private final String options;
    private Program ticker;
    private Program replay;

    Ours(Pair pair) throws IOException {
        this(pair, "bench", "");
    }

    /**
     * @param job name of the job and of its queue
     * @param options options for the JVM of the replay
     */
    Ours(Pair pair, String job, String options) throws IOException {
        this.pair = pair;
        this.job = job;
        this.options = options;
        Files.writeString(
                pair.directory().resolve(ini()), """
                [londiste]
                job_name = %1$s
                provider_db = %2$s
                subscriber_db = %3$s
                pgq_queue_name = %1$s
                """.formatted(job, pair.providerLink(), pair.subscriberLink()));
        Files.writeString(pair.directory().resolve("ticker.ini"), """
                [pgqadm]
                job_name = ticker
                db = %s
                """.formatted(
                        pair.provider().libpq()));
    }

    private String ini() {
        return job + ".ini";
    }

    /** Runs a command of londiste, waits for its end and returns its output. */
    String londiste(String... arguments) throws IOException {
        var command = new String[arguments.length + 2];
        command[0] = LONDISTE;
        command[1] = ini();
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        return Program.run(pair.directory(), command);
    }

    /** Installs the schemas on both sides, and captures all tables. */
    void install() throws IOException {
        capture("--all");
    }

    /** Installs the schemas on both sides, and captures some tables. */
    void capture(String... tables) throws IOException {
        londiste("provider", "install");
        londiste("subscriber", "install");
        londiste(Stream.concat(Stream.of("provider", "add"), Stream.of(tables)).toArray(String[]::new));
    }

    @Override
    public void capture() throws IOException {
        install();
        tick();
    }

    /** Starts the ticker, which is for all queues of the provider. */
    void tick() throws IOException {
        ticker = Program.start(pair.directory(), "ticker.log", PGQADM, "ticker.ini", "ticker");
    }

    @Override
    public void copy() throws IOException {
        londiste("subscriber", "add", "--all", "--wait");
    }

    @Override
    public void start() throws IOException {
        replay = Program.start(pair.directory(), job + ".log", Map.of("JAVA_OPTS", options), LONDISTE, ini(), "replay");
        Until.holds(
                () -> Files.readString(pair.directory().resolve(job + ".log")).contains("Started " + ini()));
    }

    Program replay() {
        return replay;
    }

    Program ticker() {
        return ticker;
    }

    @Override
    public void halt() throws IOException {
        replay.freeze();
    }

    @Override
    public void resume() throws IOException {
        replay.thaw();
    }

    @Override
    public void close() throws IOException {
        if (replay != null) {
            replay.thaw();
            replay.close();
        }
        if (ticker != null) {
            ticker.close();
        }
    }
}
