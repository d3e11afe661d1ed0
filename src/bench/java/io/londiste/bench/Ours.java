package io.londiste.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** This program, started in the same way as by users, with a separate ticker. */
final class Ours implements Peer {
    private static final String LONDISTE =
            Path.of("bin/londiste").toAbsolutePath().toString();
    private static final String PGQADM = Path.of("bin/pgqadm").toAbsolutePath().toString();

    private final Pair pair;
    private final String options;
    private Program ticker;
    private Program replay;

    Ours(Pair pair) throws IOException {
        this(pair, "");
    }

    /** @param options options for the JVM of the replay */
    Ours(Pair pair, String options) throws IOException {
        this.pair = pair;
        this.options = options;
        Files.writeString(
                pair.directory().resolve("conf.ini"), """
                [londiste]
                job_name = bench
                provider_db = %s
                subscriber_db = %s
                pgq_queue_name = bench
                """.formatted(pair.providerLink(), pair.subscriberLink()));
        Files.writeString(pair.directory().resolve("ticker.ini"), """
                [pgqadm]
                job_name = ticker
                db = %s
                """.formatted(
                        pair.provider().libpq()));
    }

    /** Runs a command of londiste, waits for its end and returns its output. */
    String londiste(String... arguments) throws IOException {
        var command = new String[arguments.length + 2];
        command[0] = LONDISTE;
        command[1] = "conf.ini";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        return Program.run(pair.directory(), command);
    }

    /** Installs the schemas on both sides, and captures all tables. */
    void install() throws IOException {
        londiste("provider", "install");
        londiste("subscriber", "install");
        londiste("provider", "add", "--all");
    }

    @Override
    public void capture() throws IOException {
        install();
        ticker = Program.start(pair.directory(), "ticker.log", PGQADM, "ticker.ini", "ticker");
    }

    @Override
    public void copy() throws IOException {
        londiste("subscriber", "add", "--all", "--wait");
    }

    @Override
    public void start() throws IOException {
        replay = Program.start(
                pair.directory(), "replay.log", Map.of("JAVA_OPTS", options), LONDISTE, "conf.ini", "replay");
        Until.holds(
                () -> Files.readString(pair.directory().resolve("replay.log")).contains("Started conf.ini"));
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
