package io.londiste.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class LogsTest {
    private static final int LINES = 400;

    @TempDir
    Path directory;

    private final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());

    @AfterEach
    void giveTheLogBack() {
        Logs.forCommand(Logs.Detail.NORMAL, nowhere);
    }

    private List<String> filesAfterLogging(int count) throws IOException {
        var settings = Settings.of(
                Section.LONDISTE,
                Map.of(
                        "logfile",
                        directory.resolve("job.log").toString(),
                        "log_size",
                        "2000",
                        "log_count",
                        "" + count));
        Logs.forDaemon(Logs.Detail.NORMAL, nowhere, settings, false);
        var log = LoggerFactory.getLogger("io.londiste.LogsTest");
        for (int i = 1; i <= LINES; i++) {
            log.info("line {} of the log", i);
        }
        Logs.forCommand(Logs.Detail.NORMAL, nowhere);
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aDirectoryIsNoLogFile() {
        var settings = Settings.of(Section.LONDISTE, Map.of("logfile", directory.toString()));

        assertThatThrownBy(() -> Logs.forDaemon(Logs.Detail.NORMAL, nowhere, settings, false))
                .hasMessageEndingWith("logfile: is a directory: " + directory);
    }

    @Test
    void aMessageIsOneLine() {
        var said = new ByteArrayOutputStream();
        Logs.forCommand(Logs.Detail.NORMAL, new PrintStream(said));

        LoggerFactory.getLogger("io.londiste.LogsTest").warn("ERROR: no\n  Detail: such\r\n\nthing");

        assertThat(said).hasToString("WARN: ERROR: no Detail: such thing\n");
    }

    @Test
    void aJsonLogHasOneObjectPerLine() throws Exception {
        var file = directory.resolve("job.log");
        var said = new ByteArrayOutputStream();
        var settings = Settings.of(
                Section.LONDISTE, Map.of("job_name", "shop \"1\"", "logfile", file.toString(), "log_format", "JSON"));
        Logs.forDaemon(Logs.Detail.NORMAL, new PrintStream(said, true, UTF_8), settings, true);
        var log = LoggerFactory.getLogger("io.londiste.LogsTest");

        log.info("table {}", "\"ä\"\nand more");
        log.error("failed", new IllegalStateException("no such thing"));
        Logs.forCommand(Logs.Detail.NORMAL, nowhere);

        var lines = Files.readAllLines(file);
        assertThat(said.toString(UTF_8).lines())
                .containsExactlyElementsOf(lines)
                .hasSize(2);
        var first = (JsonObject) Jsoner.deserialize(lines.get(0));
        assertThat(first.keySet())
                .containsExactly("time", "level", "logger", "thread", "process", "job", "message", "exception");
        assertThat(Instant.parse(first.getString("time"))).isBefore(Instant.now());
        assertThat(first)
                .containsEntry("level", "INFO")
                .containsEntry("logger", "io.londiste.LogsTest")
                .containsEntry("thread", Thread.currentThread().getName())
                .containsEntry("job", "shop \"1\"")
                .containsEntry("message", "table \"ä\"\nand more")
                .containsEntry("exception", null);
        assertThat(first.getLong("process")).isEqualTo(ProcessHandle.current().pid());
        assertThat(((JsonObject) Jsoner.deserialize(lines.get(1))).getString("exception"))
                .startsWith("java.lang.IllegalStateException: no such thing\n\tat io.londiste.daemon.LogsTest");
    }

    @Test
    void theLogFileIsRotatedByItsSizeAndSoManyAreKept() throws IOException {
        assertThat(filesAfterLogging(2)).containsExactly("job.log", "job.log.1", "job.log.2");
        assertThat(Files.size(directory.resolve("job.log.1"))).isBetween(2000L, 2200L);
        assertThat(directory.resolve("job.log"))
                .content()
                .matches(
                        "(?s)(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} \\d+ INFO  londiste: line \\d+ of the log\\n)+")
                .endsWith("line " + LINES + " of the log\n");
    }

    @Test
    void manyCanBeKept() throws IOException {
        assertThat(filesAfterLogging(30)).hasSizeBetween(5, 31).doesNotContain("job.log.31");
        assertThat(directory.resolve("job.log.1")).exists();
    }

    @Test
    void withNoneToBeKeptTheFileGrows() throws IOException {
        assertThat(filesAfterLogging(0)).containsExactly("job.log");
        assertThat(Files.readAllLines(directory.resolve("job.log"))).hasSize(LINES);
    }
}
