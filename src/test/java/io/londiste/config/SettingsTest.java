package io.londiste.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.londiste.db.Home;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class SettingsTest {
    @TempDir
    Path directory;

    private Settings londiste(String text) throws IOException {
        return Settings.load(Files.writeString(directory.resolve("conf.ini"), "[londiste]\n" + text), Section.LONDISTE);
    }

    @Test
    void hasDefaults() throws IOException {
        var settings = londiste("");
        assertThat(settings.jobName()).isEqualTo("londiste");
        assertThat(settings.consumerId()).isEqualTo("londiste");
        assertThat(settings.loopDelay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.lockTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.logSize()).isEqualTo(10 * 1024 * 1024);
        assertThat(settings.logFormat()).isEqualTo(LogFormat.TEXT);
        assertThat(settings.parallelCopies()).isEqualTo(2);
        assertThat(settings.embeddedTicker()).isFalse();
        assertThat(settings.pidfile()).isNull();
    }

    @Test
    void readsWhatIsSet() throws IOException {
        var settings = londiste("""
            job_name = job
            provider_db = host=h dbname=p
            pgq_queue_name = q
            pidfile = ~/%(job_name)s.pid
            loop_delay = 0.25
            log_size = 2M
            embedded_ticker = yes
            connection_lifetime = 60
            lock_timeout = 2.5
            pgq_lazy_fetch = 50
            parallel_copies = 4
            log_count = 7
            compare_sql = select max(id) from _TABLE_
            """);
        assertThat(settings.connectionLifetime()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.lockTimeout()).isEqualTo(Duration.ofMillis(2500));
        assertThat(settings.lazyFetch()).isEqualTo(50);
        assertThat(settings.parallelCopies()).isEqualTo(4);
        assertThat(settings.logCount()).isEqualTo(7);
        assertThat(settings.compareSql()).isEqualTo("select max(id) from _TABLE_");
        assertThat(settings.consumerId()).isEqualTo("job");
        assertThat(settings.providerDb().database()).isEqualTo("p");
        assertThat(settings.queueName()).isEqualTo("q");
        assertThat(settings.pidfile()).isEqualTo(Home.own().resolve("job.pid"));
        assertThat(settings.loopDelay()).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.logSize()).isEqualTo(2L << 20);
        assertThat(settings.embeddedTicker()).isTrue();
    }

    @Test
    void readsOldTickerFiles() throws IOException {
        var file = Files.writeString(
                directory.resolve("ticker.ini"),
                "[pgqadm]\ndb = dbname=x\nmaint_delay_min = 2\nticker_log_delay = 9\nqueue_refresh_period = 30\n");
        var settings = Settings.load(file, Section.PGQADM);
        assertThat(settings.maintDelay()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.tickerLogDelay()).isEqualTo(Duration.ofSeconds(9));
        assertThat(settings.loopDelay()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.db().database()).isEqualTo("x");
        assertThat(settings.jobName()).isEqualTo("pgqadm");
    }

    @Test
    void namesARequiredKeyWhenItIsUsed() throws IOException {
        var settings = londiste("");
        assertThatThrownBy(settings::subscriberDb)
                .hasMessageContaining("conf.ini: [londiste] subscriber_db: has to be set");
        assertThatThrownBy(settings::queueName).hasMessageContaining("pgq_queue_name: has to be set");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "loop_delay = soon | loop_delay: expected a number of seconds, found soon",
                "loop_delay = -1 | loop_delay: expected a number of seconds, found -1",
                "log_format = xml | log_format: expected text or json, found xml",
                "log_count = 1.5 | log_count: expected a whole number, 0 or more, found 1.5",
                "parallel_copies = 0 | parallel_copies: expected a whole number, 1 or more, found 0",
                "log_size = huge | log_size: expected a number of bytes, such as 10485760 or 10M, found huge",
                "embedded_ticker = maybe | embedded_ticker: expected 0 or 1, found maybe",
                "provider_db = dbname | provider_db: not a connection string",
                "method = file_write | method: cannot be file_write.",
            })
    void reportsWhatIsWrongWithAValue(String line, String message) {
        assertThatThrownBy(() -> londiste(line)).hasMessageContaining("conf.ini: [londiste] " + message);
    }

    private List<String> told(String text) throws IOException {
        var logger = (Logger) LoggerFactory.getLogger(Settings.class);
        var seen = new ListAppender<ILoggingEvent>();
        seen.start();
        var level = logger.getLevel();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(seen);
        try {
            londiste(text);
        } finally {
            logger.detachAppender(seen);
            logger.setLevel(level);
        }
        return seen.list.stream()
                .map(line -> line.getLevel() + " "
                        + line.getFormattedMessage()
                                .replace(directory.resolve("conf.ini").toString(), "FILE"))
                .toList();
    }

    @Test
    void warnsOfUnknownKeysWithTheNearestKnownOne() throws IOException {
        assertThat(told("lop_delay = 1\nsomething_else_again = 1\nticker_log_delay = 1\n"))
                .containsExactly(
                        "WARN FILE: [londiste] lop_delay: no such key; did you mean loop_delay?",
                        "WARN FILE: [londiste] something_else_again: no such key",
                        "WARN FILE: [londiste] ticker_log_delay: has no effect here; it is a key of [pgqadm]");
    }

    @Test
    void keysThatServeOthersAreNotUnknown() throws IOException {
        assertThat(told("base = /x\npidfile = %(base)s/%(job_name)s.pid\n[DEFAULT]\nanything = 1\n"))
                .isEmpty();
    }

    @Test
    void logsAtDebugLevelWhatHasNoEffect() throws IOException {
        assertThat(told("use_skylog = 1\nfake = 0\nmethod = direct\nmirror_queue =\n"))
                .hasSize(4)
                .allMatch(line -> line.startsWith("DEBUG FILE: [londiste] "))
                .contains("DEBUG FILE: [londiste] use_skylog: For old files, without effect: the log is logfile.");
    }

    @Test
    void refusesWhatIsNotOfferedAnyMore() {
        for (var line : List.of("fake = 1", "method = file_write", "mirror_queue = q")) {
            var key = line.split(" ")[0];
            var value = line.split(" ")[2];
            assertThatThrownBy(() -> londiste(line))
                    .hasMessageContaining("[londiste] " + key + ": cannot be " + value + ". For old files, only");
        }
    }

    @Test
    void consolesArePagesThatABrowserCanOpen() throws IOException {
        assertThat(londiste("").consoles()).isEmpty();
        assertThat(londiste("consoles = 8779, db2:8778, [::1]:80, https://console.example.org/shop/")
                        .consoles())
                .extracting(URI::toString)
                .containsExactly(
                        "http://127.0.0.1:8779/",
                        "http://db2:8778/",
                        "http://[::1]:80/",
                        "https://console.example.org/shop/");
        for (var wrong : List.of("javascript:alert(1)", "8779,", "http://", "http://a b/", "host")) {
            assertThatThrownBy(() -> londiste("consoles = " + wrong))
                    .as(wrong)
                    .hasMessageContaining(
                            "consoles: expected addresses (host:port, a port, http://... or https://...)");
        }
    }

    @Test
    void filesMayBeInHomeDirectories() throws IOException {
        assertThat(londiste("pidfile = ~root/x.pid").pidfile()).isEqualTo(Path.of("/root/x.pid"));
        assertThat(londiste("pidfile = ~/x.pid").pidfile()).isEqualTo(Home.own().resolve("x.pid"));
        assertThatThrownBy(() -> londiste("pidfile = ~no_such_user/x.pid"))
                .hasMessageEndingWith("[londiste] pidfile: user no_such_user has no known home directory");
    }
}
