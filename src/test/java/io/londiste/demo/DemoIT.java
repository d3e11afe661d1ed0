package io.londiste.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo as it is started by hand, in a process of its own. */
class DemoIT {
    @TempDir
    private Path directory;

    private Process demo;

    @AfterEach
    void end() {
        demo.destroyForcibly();
    }

    @Test
    void onceEndsWithAllTablesEqual() throws IOException, InterruptedException {
        start("--once");

        assertThat(demo.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(lines()).last().asString().matches("demo: 15 tables ok, [1-9]\\d* events applied, 0 differences");
        assertThat(demo.exitValue()).isZero();
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void interruptedItLeavesNothingBehind(String signal, int code) throws IOException, InterruptedException {
        start();
        await().until(() -> lines().stream().anyMatch(line -> line.contains("shop.account: ok")));

        new ProcessBuilder("sh", "-c", "kill -" + signal + " \"$0\"", Long.toString(demo.pid()))
                .start()
                .waitFor();

        assertThat(demo.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(code);
        assertNothingIsLeft();
    }

    @Test
    void killedItLeavesNoServersBehind() throws IOException, InterruptedException {
        start();
        await().until(() -> lines().stream().anyMatch(line -> line.contains("Clients are writing")));
        var servers = servers();

        demo.destroyForcibly().waitFor();

        assertThat(servers).hasSize(2);
        await().until(() -> servers.stream().noneMatch(ProcessHandle::isAlive));
    }

    private void start(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Djava.io.tmpdir=" + directory,
                "io.londiste.Main",
                "demo"));
        command.addAll(List.of(arguments));
        demo = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
    }

    private Path output() {
        return directory.resolve("output");
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(output());
    }

    private List<ProcessHandle> servers() throws IOException {
        try (var files = Files.walk(directory, 2)) {
            return files.map(PgCluster::postmaster).flatMap(Optional::stream).toList();
        }
    }

    private void assertNothingIsLeft() throws IOException {
        try (var files = Files.newDirectoryStream(directory, "camel-londiste-*")) {
            assertThat(files).isEmpty();
        }
    }
}
