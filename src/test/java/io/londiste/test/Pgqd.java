package io.londiste.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Debian's ticker daemon, which ticks and maintains the queues of one database until it is closed. */
public final class Pgqd implements AutoCloseable {
    private final Process process;

    /** Starts it; skips the test where it is not installed, naming what is missing. */
    public Pgqd(Db db, Path directory) throws IOException {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/pgqd")), "pgqd is not installed here (Debian: pgqd)");
        Path settings = directory.resolve("pgqd.ini");
        Files.writeString(settings, """
                [pgqd]
                base_connstr = host=%s port=%d user=%s password=%s
                initial_database = %s
                database_list = %5$s
                check_period = 1
                retry_period = 1
                maint_period = 1
                ticker_period = 0.1
                """.formatted(db.host(), db.port(), db.user(), db.password(), db.name()));
        process = new ProcessBuilder("/usr/bin/pgqd", settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("pgqd.out").toFile())
                .start();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
        process.destroyForcibly();
    }
}
