package io.londiste.cli;

import io.londiste.test.PairFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shell in a directory with the INI files of a job between the two databases of the test, {@code conf.ini}, and of its
 * ticker, {@code ticker.ini}. Daemons that the test starts are killed after it.
 */
abstract class DaemonFixture extends PairFixture {
    @TempDir
    Path directory;

    Shell shell;

    @BeforeEach
    final void openShell() throws IOException {
        shell = new Shell(directory);
        shell.write(provider, subscriber);
    }

    @AfterEach
    final void endDaemons() {
        shell.endDaemons();
    }

    /** Appends lines to an INI file. */
    final void set(String ini, String lines) throws IOException {
        Files.writeString(directory.resolve(ini), lines + "\n", StandardOpenOption.APPEND);
    }
}
