package io.londiste.demo;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.console.Console;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** The demo's web console, with a user of its own whose password is shown. */
final class DemoConsole implements AutoCloseable {
    private static final String USUAL = "127.0.0.1:8778";
    private static final String ANY_PORT = "127.0.0.1:0";

    private final Path directory;
    private final Console console;

    private DemoConsole(Path directory, Console console) {
        this.directory = directory;
        this.console = console;
    }

    /** Starts the console and says who may sign in; at another port if something else is at the usual one. */
    static DemoConsole open(DemoScreen screen) throws IOException {
        var directory = Scratch.directory("console");
        Console console;
        try {
            console = start(directory, USUAL, screen);
        } catch (LondisteException portIsTaken) {
            console = start(directory, ANY_PORT, screen);
        }
        return new DemoConsole(directory, console);
    }

    private static Console start(Path directory, String address, DemoScreen screen) {
        var settings = Settings.of(
                Section.LONDISTE,
                Map.of("job_name", "demo", "console", address, "console_users", directory.resolve("users") + ""));
        return Console.start(settings, screen::say);
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
