package io.londiste.demo;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.console.Console;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** The demo's web console, with one user whose password is shown. */
final class DemoConsole implements AutoCloseable {
    private static final String DEFAULT_ADDRESS = "127.0.0.1:8778";
    private static final String ANY_PORT = "127.0.0.1:0";

    private final Path directory;
    private final Console console;

    private DemoConsole(Path directory, Console console) {
        this.directory = directory;
        this.console = console;
    }

    /** Starts the console and shows its user; on any free port if the default port is taken. */
    static DemoConsole open(DemoScreen screen) throws IOException {
        var directory = Scratch.directory("console");
        Console console;
        try {
            console = start(directory, DEFAULT_ADDRESS, screen);
        } catch (LondisteException portIsTaken) {
            console = start(directory, ANY_PORT, screen);
        }
        return new DemoConsole(directory, console);
    }

    private static Console start(Path directory, String address, DemoScreen screen) {
        var settings = Settings.of(
                Section.LONDISTE,
                Map.of("job_name", "demo", "console", address, "console_users", directory.resolve("users") + ""));
        return Console.start(settings, screen::message);
    }

    URI uri() {
        return console.uri();
    }

    @Override
    public void close() throws IOException {
        try {
            console.close();
        } finally {
            Scratch.release(directory);
        }
    }
}
