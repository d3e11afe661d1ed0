package io.londiste.routes;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** A Kafka broker that is its own controller (KRaft), in a process of its own, from Maven artifacts. */
final class KafkaBroker implements AutoCloseable {
    private static final String PROPERTIES = """
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:%2$d
            listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
            log.dirs=%3$s
            num.partitions=3
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=1
            group.initial.rebalance.delay.ms=0
            """;

    private final Path directory;
    private final int port;
    private Process process;

    /** Collects the artifacts, and prepares the broker's storage; the broker is not started. */
    KafkaBroker(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        Example.copyDirectory(Path.of("src/test/resources/kafka"), directory);
        Example.run(new ProcessBuilder("mvn", "-B", "-q", "-f", directory.toString(), "package"));
        port = freePort();
        Files.writeString(
                directory.resolve("server.properties"),
                PROPERTIES.formatted(port, freePort(), directory.resolve("logs")));
        tool("kafka.tools.StorageTool", "format", "-t", clusterId(), "-c", "server.properties");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String clusterId() {
        var id = UUID.randomUUID();
        var bytes = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private ProcessBuilder java(String main, String... arguments) {
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                "target/lib/*",
                main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(directory.toFile());
    }

    /** Runs one of Kafka's tools; returns what it has printed. */
    private String tool(String main, String... arguments) throws IOException, InterruptedException {
        return Example.run(java(main, arguments));
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    void start() throws IOException {
        process = java("kafka.Kafka", "server.properties")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("broker.log").toFile()))
                .start();
        await("broker").until(this::accepts);
    }

    private boolean accepts() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException(Files.readString(directory.resolve("broker.log")));
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the process at once. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /**
     * A record.
     *
     * @param headers as {@code name:value}, separated by commas
     * @param value null for a record without one
     */
    record Stored(String partition, String headers, String key, String value) {}

    /** All records of a topic, those of each partition in their order. */
    List<Stored> records(String topic) throws IOException, InterruptedException {
        long number = tool("org.apache.kafka.tools.GetOffsetShell", "--bootstrap-server", address(), "--topic", topic)
                .lines()
                .filter(line -> line.startsWith(topic + ":"))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(':') + 1)))
                .sum();
        var command = new ArrayList<>(List.of("--bootstrap-server", address(), "--topic", topic, "--from-beginning"));
        command.addAll(List.of("--max-messages", String.valueOf(number)));
        for (var property : List.of("print.partition=true", "print.headers=true", "print.key=true")) {
            command.addAll(List.of("--property", property));
        }
        return tool("org.apache.kafka.tools.consumer.ConsoleConsumer", command.toArray(String[]::new))
                .lines()
                .filter(line -> line.startsWith("Partition:"))
                .map(line -> line.split("\t", 4))
                .map(parts -> new Stored(parts[0], parts[1], parts[2], parts[3].equals("null") ? null : parts[3]))
                .toList();
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
