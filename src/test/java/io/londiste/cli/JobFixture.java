package io.londiste.cli;

import io.londiste.test.PairFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The INI file of a job between the two databases of the test, and a terminal on which its commands are typed. */
abstract class JobFixture extends PairFixture {
    @TempDir
    Path directory;

    Terminal terminal;
    String config;

    @BeforeEach
    final void writeConfig() {
        terminal = new Terminal(directory);
        config = terminal.job(provider, subscriber);
    }

    final void install() {
        terminal.ok(config, "provider", "install");
        terminal.ok(config, "subscriber", "install");
    }
}
