package io.londiste.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** A connection pooler in front of a database, until it is closed. */
public final class PgBouncer implements AutoCloseable {
    private final Process process;
    private final int port;

    /**
     * Starts it; skips the test where it is not installed, naming what is missing.
     *
     * @param mode {@code session}, {@code transaction} or {@code statement}
     */
    public PgBouncer(Db db, String mode, Path directory) throws IOException {
        var program = Path.of("/usr/sbin/pgbouncer");
        Assumptions.assumeTrue(Files.isExecutable(program), "pgbouncer is not installed here (Debian: pgbouncer)");
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path settings = directory.resolve("pgbouncer.ini");
        Files.writeString(
                settings, """
                [databases]
                %s = host=%s port=%d user=%s password=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = %s
                ignore_startup_parameters = extra_float_digits
                """.formatted(db.name(), db.host(), db.port(), db.user(), db.password(), port, mode));
        var command = new ArrayList<>(List.of(program.toString()));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(settings.toString());
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("pgbouncer.out").toFile())
                .start();
        Awaitility.await("pgbouncer").ignoreExceptions().until(() -> {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        });
    }

    /** The connection string of a database through the pooler. */
    public String libpq(Db db) {
        return "host=127.0.0.1 port=%d dbname=%s user=%s password=%s"
                .formatted(port, db.name(), db.user(), db.password());
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
        process.destroyForcibly();
    }
}
