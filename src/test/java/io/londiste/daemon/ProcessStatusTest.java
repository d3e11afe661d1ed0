package io.londiste.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ProcessStatusTest {
    @TempDir
    Path directory;

    private Process other;

    @AfterEach
    void end() {
        if (other != null) {
            other.destroyForcibly();
        }
    }

    private ProcessStatus start(String command) throws IOException {
        other = new ProcessBuilder("sh", "-c", command).start();
        return new ProcessStatus(other.pid());
    }

    @Test
    void showsWhichSignalsAreIgnored() throws IOException {
        var status = start("trap '' INT; exec sleep 600");

        Awaitility.await().until(() -> status.ignores(Signal.INT));
        assertThat(status.ignores(Signal.TERM)).isFalse();
    }

    @Test
    void showsWhetherAProcessIsSuspended() throws IOException {
        var status = start("kill -STOP $$");

        Awaitility.await().until(status::isSuspended);
        assertThat(new ProcessStatus(ProcessHandle.current().pid()).isSuspended())
                .isFalse();
    }

    @Test
    void showsWhichFilesAreOpen() throws IOException {
        var file = Files.createFile(directory.resolve("open"));
        var own = new ProcessStatus(ProcessHandle.current().pid());
        assertThat(own.lacks(file)).isTrue();

        try (var open = FileChannel.open(file, StandardOpenOption.READ)) {
            assertThat(own.lacks(file)).as("lacks %s", open).isFalse();
            assertThat(start("exec sleep 600").lacks(file)).isTrue();
        }
    }

    @Test
    void aProcessThatDoesNotExistLacksEachFile() throws IOException {
        var file = Files.createFile(directory.resolve("open"));
        start("exit 0");
        other.onExit().join();

        assertThat(new ProcessStatus(other.pid()).lacks(file)).isTrue();
    }
}
