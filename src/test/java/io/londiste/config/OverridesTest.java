package io.londiste.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.londiste.error.LondisteException;
import io.londiste.test.OwnFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Settings from environment variables and from files that hold a secret. */
class OverridesTest {
    @TempDir
    Path directory;

    private Settings londiste(String text, String... variables) throws IOException {
        var file = OwnFile.write(directory.resolve("conf.ini"), "[londiste]\n" + text);
        return Settings.load(file, Section.LONDISTE, environment(variables));
    }

    private static Map<String, String> environment(String... variables) {
        var environment = new HashMap<String, String>();
        for (var variable : variables) {
            environment.put(variable.split("=", 2)[0], variable.split("=", 2)[1]);
        }
        return environment;
    }

    private Path secret(String content) throws IOException {
        return OwnFile.write(directory.resolve("secret"), content);
    }

    /** A value other than the default. */
    private static String value(Key key, Section section) {
        var fallback = key.fallback(section);
        return switch (key) {
            case DB, PROVIDER_DB, SUBSCRIBER_DB -> "host=h dbname=" + key.written();
            case DB_FILE, PROVIDER_DB_FILE, SUBSCRIBER_DB_FILE -> "";
            case CONSOLE, CONSOLES, JMX, METRICS -> "127.0.0.1:7";
            case LOG_FORMAT -> "json";
            default -> fallback.matches("[0-9.]+") ? fallback.equals("0") ? "1" : "7" : "other";
        };
    }

    @ParameterizedTest
    @EnumSource(Section.class)
    void everyKeyCanBeAVariable(Section section) throws IOException {
        var lines = new StringBuilder("[" + section.written() + "]\n");
        var variables = new HashMap<String, String>();
        for (var key : Key.of(section)) {
            var value = key == Key.MAINT_DELAY_MIN ? "3" : value(key, section);
            if (key.effective() && !value.isEmpty()) {
                lines.append(key.written() + " = " + value + "\n");
                variables.put("LONDISTE_" + key.name(), value);
            }
        }
        var written = OwnFile.write(directory.resolve("written.ini"), lines.toString());
        var empty = OwnFile.write(directory.resolve("empty.ini"), "[" + section.written() + "]\n");

        assertThat(values(Settings.load(empty, section, variables)))
                .isEqualTo(values(Settings.load(written, section, Map.of())))
                .isNotEqualTo(values(Settings.load(empty, section, Map.of())));
    }

    /** All settings, without the places where they are. */
    private static String values(Settings settings) {
        return settings.toString().replaceFirst("file=[^,]*,", "").replaceFirst("origins=.*", "");
    }

    @Test
    void variablesHavePrecedenceAndAreTakenAsTheyAre() throws IOException {
        var settings = londiste(
                "job_name = job\npidfile = /run/%(job_name)s.pid\nlogfile = x.log\nloop_delay = 1\n",
                "LONDISTE_JOB_NAME=100%%(x)s",
                "LONDISTE_LOOP_DELAY=2",
                "LONDISTE_LOGFILE=",
                "LONDISTE_DB=of the ticker");

        assertThat(settings.jobName()).isEqualTo("100%%(x)s");
        assertThat(settings.consumerId()).isEqualTo("100%%(x)s");
        assertThat(settings.pidfile()).hasToString("/run/100%%(x)s.pid");
        assertThat(settings.loopDelay()).hasSeconds(2);
        assertThat(settings.logfile()).as("empty is not set").hasToString("x.log");
    }

    @Test
    void anErrorNamesTheVariable() throws IOException {
        assertThatThrownBy(() -> londiste("", "LONDISTE_LOOP_DELAY=soon"))
                .isInstanceOf(LondisteException.class)
                .hasMessage("environment variable LONDISTE_LOOP_DELAY: expected a number of seconds, found soon");
        assertThatThrownBy(() -> londiste("", "LONDISTE_PROVIDER_DB=secret"))
                .hasMessageStartingWith("environment variable LONDISTE_PROVIDER_DB: not a connection string")
                .hasMessageNotContaining("secret");
        var settings = londiste("", "LONDISTE_PROVIDER_DB=host=127.0.0.1 port=1 dbname=d user=u");
        var source = settings.providerDb().dataSource("test");
        assertThatThrownBy(() -> Databases.provider(settings, source).connect())
                .hasMessageEndingWith("no server answers there; check environment variable LONDISTE_PROVIDER_DB");
    }

    @Test
    void aConnectionStringCanBeInAFile() throws IOException {
        var secret = secret("host=127.0.0.1 port=1 dbname=p password='a%%b;c' \nsecond line\n");

        for (var settings : List.of(
                londiste("provider_db_file = secret\n"),
                londiste("provider_db_file = " + secret + "\n"),
                londiste("provider_db = dbname=other\n", "LONDISTE_PROVIDER_DB_FILE=secret"),
                londiste("provider_db_file = none\n", "LONDISTE_PROVIDER_DB_FILE=secret"))) {
            assertThat(settings.providerDb().database()).isEqualTo("p");
            var source = settings.providerDb().dataSource("test");
            assertThat(source.getPassword()).isEqualTo("a%%b;c");
            assertThatThrownBy(() -> Databases.provider(settings, source).connect())
                    .hasMessageEndingWith("check " + secret);
        }
        assertThat(londiste("provider_db_file = none\n", "LONDISTE_PROVIDER_DB=dbname=v")
                        .providerDb()
                        .database())
                .isEqualTo("v");
        var ticker = OwnFile.write(directory.resolve("ticker.ini"), "[pgqadm]\ndb_file = secret\n");
        assertThat(Settings.load(ticker, Section.PGQADM, Map.of()).db().database())
                .isEqualTo("p");
    }

    @Test
    void whatIsWrongWithAFileOfASecretIsReported() throws IOException {
        secret("\n");
        Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        var key = directory.resolve("conf.ini") + ": [londiste] subscriber_db_file: ";

        assertThatThrownBy(() -> londiste("subscriber_db_file = none"))
                .hasMessage(key + directory.resolve("none") + ": no such file");
        assertThatThrownBy(() -> londiste("subscriber_db_file = ."))
                .hasMessage(key + directory.resolve(".") + " is not a file");
        assertThatThrownBy(() -> londiste("subscriber_db_file = secret"))
                .hasMessage(key + "the first line of " + directory.resolve("secret") + " is empty");
        assertThatThrownBy(() -> londiste("subscriber_db_file = binary"))
                .hasMessage(key + directory.resolve("binary") + " cannot be read, or is not a text");
        secret("geheim");
        assertThatThrownBy(() -> londiste("subscriber_db_file = secret"))
                .hasMessageStartingWith(directory.resolve("secret") + ": not a connection string")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void aValueAndItsFileAreNotBothSet() throws IOException {
        secret("dbname=p");

        assertThatThrownBy(() -> londiste("provider_db = dbname=p\nprovider_db_file = secret\n"))
                .hasMessage(directory.resolve("conf.ini")
                        + ": [londiste] provider_db_file: cannot be set together with provider_db; remove one of them");
        assertThatThrownBy(() -> londiste("", "LONDISTE_PROVIDER_DB=dbname=p", "LONDISTE_PROVIDER_DB_FILE=secret"))
                .hasMessage("environment variable LONDISTE_PROVIDER_DB_FILE: cannot be set together with"
                        + " LONDISTE_PROVIDER_DB; remove one of them");
    }

    /** What is logged while a file is loaded whose rights may be others than those of {@link #londiste}. */
    private static List<String> warnings(Callable<Settings> load) throws Exception {
        var logger = (Logger) LoggerFactory.getLogger(Settings.class.getPackageName());
        var seen = new ListAppender<ILoggingEvent>();
        seen.start();
        logger.addAppender(seen);
        try {
            load.call();
        } finally {
            logger.detachAppender(seen);
        }
        return seen.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void variablesThatLookLikeAKeyAreWarnedOf() throws Exception {
        assertThat(warnings(() -> londiste(
                        "", "LONDISTE_PROVIDERDB=x", "LONDISTE_SERVICE_HOST=10.0.0.1", "LONDISTE_PORT=1", "HOME=x")))
                .containsExactly(
                        "environment variable LONDISTE_PROVIDERDB: no such key; did you mean LONDISTE_PROVIDER_DB?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--"})
    void aFileWithAPasswordThatOthersMayReadIsWarnedOfOnce(String rights) throws Exception {
        var told = ": has a password in it, and other users may read it; run: chmod 0600";
        var shared = PosixFilePermissions.fromString(rights);
        var secret = Files.setPosixFilePermissions(secret("dbname=p password=a"), shared);

        assertThat(warnings(() -> londiste("provider_db_file = secret\n"))).containsExactly(secret + told);
        assertThat(warnings(() -> londiste("provider_db_file = secret\n"))).isEmpty();

        var ini = Files.setPosixFilePermissions(
                OwnFile.write(
                        directory.resolve("other.ini"),
                        "[londiste]\nprovider_db = dbname=p %(more)s\n[DEFAULT]\nmore = password=a\n"),
                shared);
        assertThat(warnings(() -> Settings.load(ini, Section.LONDISTE, Map.of())))
                .containsExactly(ini + told);
    }

    @Test
    void aGroupMayReadTheFilesOfRootAlone() throws Exception {
        var ofGroup = PosixFilePermissions.fromString("rw-r-----");
        var secret = Files.setPosixFilePermissions(secret("dbname=p password=a"), ofGroup);
        var warning = secret + ": has a password in it, and other users may read it; run: chmod 0600";
        if (Files.getAttribute(secret, "unix:uid").equals(0)) { // the tests run as root
            assertThat(warnings(() -> londiste("provider_db_file = secret\n"))).isEmpty();
            Files.setAttribute(secret, "unix:uid", 65534);
        }

        assertThat(warnings(() -> londiste("provider_db_file = secret\n"))).containsExactly(warning);
    }

    @Test
    void othersMayReadAFileWithoutAPasswordInIt() throws Exception {
        var all = PosixFilePermissions.fromString("rw-r--r--");
        Files.setPosixFilePermissions(secret("dbname=p"), all);
        var ini = Files.setPosixFilePermissions(
                OwnFile.write(directory.resolve("other.ini"), "[londiste]\nprovider_db_file = secret\n"), all);

        assertThat(warnings(() -> Settings.load(
                        ini, Section.LONDISTE, environment("LONDISTE_SUBSCRIBER_DB=dbname=s password=x"))))
                .isEmpty();
        assertThat(warnings(() -> londiste("provider_db = dbname=p password=x\n")))
                .as("only its owner may read it")
                .isEmpty();
    }
}
