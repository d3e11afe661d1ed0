package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A daemon in a systemd unit with {@code Type=notify}; the test listens in place of systemd. */
class ServiceManagerIT extends DaemonFixture {
    /** Prints each message; systemd-notify waits until the file descriptor is closed that it sends with the second one. */
    private static final String LISTEN = """
            import os, socket, sys
            listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            listening.bind(sys.argv[1])
            while True:
                message, files, _, _ = socket.recv_fds(listening, 4096, 9)
                for file in files:
                    os.close(file)
                print(message.decode(), flush=True)
            """;

    private Process listener;

    @BeforeEach
    void listen() throws Exception {
        assumeThat(Path.of("/usr/bin/systemd-notify")).exists();
        assumeThat(Path.of("/usr/bin/python3")).exists();
        shell.install();
        Files.writeString(directory.resolve("listen.py"), LISTEN);
        listener = shell.start("exec python3 listen.py socket", "told.txt");
        await("listening").until(() -> Files.exists(directory.resolve("socket")));
    }

    @AfterEach
    void end() {
        if (listener != null) {
            listener.destroyForcibly();
        }
    }

    private void awaitReady() {
        await().untilAsserted(() ->
                assertThat(directory.resolve("told.txt")).content().containsOnlyOnce("READY=1"));
    }

    @Test
    void aReplayThatWorksIsReady() throws Exception {
        shell.start("NOTIFY_SOCKET=" + directory + "/socket londiste conf.ini replay", "said.txt");

        awaitReady();
        assertThat(shell.log("job")).contains("Started conf.ini").doesNotContain("systemd was not told");
    }

    @Test
    void aStandbyIsReady() throws Exception {
        try (var other = subscriber.connect();
                var lock = other.createStatement()) {
            lock.execute("select pg_advisory_lock(hashtext('londiste.replay'), hashtext('job'))");
            shell.start("NOTIFY_SOCKET=" + directory + "/socket londiste conf.ini replay", "said.txt");

            awaitReady();
            assertThat(shell.log("job")).contains("Waiting as a standby").doesNotContain("Started conf.ini");
        }
    }

    @Test
    void aReplayThatCannotTellItWorksNevertheless() throws Exception {
        listener.destroyForcibly().onExit().join();
        shell.start("NOTIFY_SOCKET=" + directory + "/socket londiste conf.ini replay", "said.txt");

        await().untilAsserted(() -> assertThat(directory.resolve("job.log"))
                .content()
                .contains("Started conf.ini", "systemd was not told that this process is ready"));
        shell.succeed("londiste -s conf.ini");
    }
}
