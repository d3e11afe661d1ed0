package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command that needs something installed, on databases that have nothing. */
@ExtendWith(PostgresPair.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotInstalledIT {
    private Terminal terminal;
    private String config;
    private String ticker;

    @BeforeAll
    void emptyDatabases(@TempDir Path directory, @Provider Db provider, @Subscriber Db subscriber) {
        terminal = new Terminal(directory);
        config = terminal.job(provider, subscriber);
        ticker = terminal.file(
                "ticker.ini",
                "[pgqadm]\ndb = " + provider.libpq() + "\npidfile = " + directory + "/ticker.pid\nlogfile = "
                        + directory + "/ticker.log\n");
    }

    static Stream<String> commands() {
        return UsageTest.configured()
                .filter(name -> !name.endsWith("install")) // and uninstall, see UninstallIT
                .filter(name -> !name.matches("londiste status|(londiste|pgqadm) check")) // below, and in SetupCheckIT
                .filter(name -> !name.contains(" user")); // of a file, not of a database
    }

    @ParameterizedTest
    @MethodSource("commands")
    void reportsHowToInstall(String name) {
        var words = new ArrayList<>(UsageTest.example(name));
        boolean londiste = name.startsWith("londiste");
        words.add(0, londiste ? config : ticker);
        words.add(0, "-q");
        var arguments = words.toArray(String[]::new);

        var result = londiste ? terminal.londiste(arguments) : terminal.pgqadm(arguments);

        boolean compares = name.matches("londiste (compare|repair)"); // 1 means that something differs, then
        assertThat(result.code()).as(result.toString()).isEqualTo(compares ? 2 : 1);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).singleElement().asString().matches(".* (is|are) not installed; .* install( .*)?");
    }

    @Test
    void statusReportsItOfBothSides() {
        var result = terminal.londiste(config, "status");

        assertThat(result.out().lines().filter(line -> line.startsWith("  ! ")))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).matches(".* is not installed; run: .* install"));
        assertThat(result.code()).isEqualTo(1);
    }
}
