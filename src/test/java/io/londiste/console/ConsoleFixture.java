package io.londiste.console;

import java.nio.file.Path;
import javax.management.JMException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A console of its own for each test. */
abstract class ConsoleFixture {
    @TempDir
    Path directory;

    TrialConsole console;

    @BeforeEach
    final void startConsole() throws JMException {
        console = new TrialConsole(directory);
    }

    @AfterEach
    final void closeConsole() throws JMException {
        console.close();
    }
}
