package io.londiste.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * A temporary PostgreSQL cluster: created, started and, at the end, removed with all its data.
 *
 * <p>It listens on the loopback address only, on its own port, and requires a random password. However this process ends,
 * the server is stopped and its data is removed.
 */
public final class PgCluster implements AutoCloseable {
    /** The role that owns the cluster. */
    public static final String USER = "postgres";

    /** How a server is stopped: after its clients have disconnected, at once but cleanly, or as in a crash. */
    public enum Stop {
        SMART,
        FAST,
        IMMEDIATE
    }

    /** Below the range of ephemeral ports, so that a server's port is still free when it is started again. */
    private static final int LOWEST_PORT = 20_000;

    private static final int HIGHEST_PORT = 32_000;

    private final Path home;
    private final Path directory;
    private final int port;
    private final String password;
    private Process guard;

    private PgCluster(Path home, Path directory) throws IOException {
        this.home = home;
        this.directory = directory;
        this.port = freePort();
        var random = new byte[12];
        new SecureRandom().nextBytes(random);
        this.password = HexFormat.of().formatHex(random);
    }

    /** Creates and starts a cluster of a major version that {@link PgBinaries} has. */
    public static PgCluster open(int major, Map<String, String> settings) throws IOException {
        return open(PgBinaries.home(major), settings);
    }

    /**
     * Creates and starts a cluster.
     *
     * @param home the directory that contains {@code bin/postgres}
     * @param settings server settings, as in postgresql.conf
     */
    public static PgCluster open(Path home, Map<String, String> settings) throws IOException {
        var cluster = new PgCluster(home, Scratch.directory("postgresql"));
        try {
            cluster.initialize(settings);
            cluster.guard();
            cluster.start();
            return cluster;
        } catch (IOException | RuntimeException e) {
            try {
                cluster.close();
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private void initialize(Map<String, String> settings) throws IOException {
        Unprivileged.own(directory);
        var secret = Files.writeString(directory.resolve("password"), password);
        Unprivileged.own(secret);
        var authentication = settings.getOrDefault("password_encryption", "scram-sha-256");
        run("initdb", "-U", USER, "-A", authentication, "--pwfile=" + secret, "-E", "UTF8", "--locale=C", "-N");
        Files.delete(secret);
        var lines = new ArrayList<String>();
        lines.add("port = " + port);
        lines.add("listen_addresses = '127.0.0.1'");
        lines.add("unix_socket_directories = ''");
        settings.forEach((name, value) -> lines.add(name + " = '" + value.replace("'", "''") + "'"));
        Files.write(data().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
    }

    /** Starts the server on the same port as before; returns when it accepts connections. */
    public void start() throws IOException {
        run("pg_ctl", "-l", log().toString(), "-w", "-t", "60", "start");
    }

    /** Stops the server; returns when it has ended. */
    public void stop(Stop mode) throws IOException {
        run("pg_ctl", "-w", "-t", "60", "-m", mode.name().toLowerCase(), "stop");
    }

    /** Stops the server and starts it again. */
    public void restart(Stop mode) throws IOException {
        stop(mode);
        start();
    }

    /** Makes the server read its configuration files again. */
    public void reload() throws IOException {
        run("pg_ctl", "reload");
    }

    /** Kills the server as the out-of-memory killer would; returns when its last process has ended. */
    public void kill() {
        var server = postmaster();
        var children = server.descendants().toList();
        server.destroyForcibly();
        server.onExit().join();
        // they end by themselves when the postmaster is gone; a start does not wait for them
        children.forEach(child -> child.onExit().join());
    }

    /** Kills one session's process, by {@code pg_backend_pid()}: the server then ends all sessions and recovers. */
    public void kill(long backend) {
        ProcessHandle.of(backend).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Suspends all processes of the server until {@link #thaw}: connections stay open, but do not respond. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    /** Resumes a frozen server. */
    public void thaw() throws IOException {
        signal("CONT");
    }

    public int port() {
        return port;
    }

    public String password() {
        return password;
    }

    /** The server's log file. */
    public Path log() {
        return directory.resolve("log");
    }

    public Path data() {
        return directory.resolve("data");
    }

    /** The JDBC URL of a database in this cluster, with user and password. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?user=%s&password=%s".formatted(port, database, USER, password);
    }

    /** The libpq connection string of a database in this cluster, with user and password. */
    public String libpq(String database) {
        return "host=127.0.0.1 port=%d dbname=%s user=%s password=%s sslmode=disable"
                .formatted(port, database, USER, password);
    }

    /** Stops the server, if it runs, and removes its data. */
    @Override
    public void close() throws IOException {
        try {
            if (postmaster(directory).isPresent()) {
                thaw();
                stop(Stop.FAST);
            }
        } finally {
            if (guard != null) {
                guard.destroyForcibly();
            }
            Scratch.release(directory);
        }
    }

    /** The postmaster process of the server in this directory, if it is running. */
    static Optional<ProcessHandle> postmaster(Path directory) {
        try {
            var lines = Files.readAllLines(directory.resolve("data/postmaster.pid"));
            return ProcessHandle.of(Long.parseLong(lines.get(0).trim())).filter(PgCluster::isPostgres);
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException notThere) {
            return Optional.empty();
        }
    }

    /** A pid file may be left behind, and another process may have got its number. */
    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .filter(path -> path.contains("postgres"))
                .isPresent();
    }

    private ProcessHandle postmaster() {
        return postmaster(directory).orElseThrow(() -> new IllegalStateException("the server is not running"));
    }

    /**
     * Starts a shell that waits for the end of this process (its standard input is closed then, even after SIGKILL), stops the
     * server and removes its data. {@link #close} ends the shell.
     */
    private void guard() throws IOException {
        var script = "trap '' INT TERM HUP; read closed; \"$0\" -D \"$1/data\" -m immediate stop; rm -rf \"$1\"";
        guard = Unprivileged.process(List.of("sh", "-c", script, executable("pg_ctl"), directory.toString()))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    private void signal(String name) throws IOException {
        var server = postmaster();
        var command =
                new ArrayList<>(List.of("sh", "-c", "kill \"$@\"", "kill", "-" + name, Long.toString(server.pid())));
        server.descendants().forEach(child -> command.add(Long.toString(child.pid())));
        // kill fails for a child that has just ended; the others have received the signal
        await(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(Redirect.DISCARD));
    }

    private String executable(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    private void run(String program, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(executable(program), "-D", data().toString()));
        command.addAll(List.of(arguments));
        var output = directory.resolve(program + ".out");
        var result =
                await(Unprivileged.process(command).redirectErrorStream(true).redirectOutput(output.toFile()));
        if (result != 0) {
            throw new IOException(program + " failed (" + result + "): " + text(output) + text(log()));
        }
    }

    private static int await(ProcessBuilder builder) throws IOException {
        var process = builder.start();
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String text(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.collect(Collectors.joining("\n", "\n", ""));
        } catch (IOException | UncheckedIOException none) {
            return "";
        }
    }

    private static int freePort() throws IOException {
        for (int attempt = 0; ; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                if (attempt == 50) {
                    throw taken;
                }
            }
        }
    }
}
