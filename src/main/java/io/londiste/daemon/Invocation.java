package io.londiste.daemon;

import io.londiste.config.Settings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * The command line of a daemon.
 *
 * @param program name of the program: {@code londiste} or {@code pgqadm}
 * @param arguments the whole command line, to start it again in the background
 * @param config the INI file
 * @param loader reads the INI file and applies the options of the command line; called again at each reload
 * @param detail how much is logged
 * @param err standard error
 * @param background whether to continue in the background
 */
public record Invocation(
        String program,
        List<String> arguments,
        Path config,
        Supplier<Settings> loader,
        Logs.Detail detail,
        PrintStream err,
        boolean background) {
    /** The settings of the INI file as it is now. */
    Settings load() {
        return loader.get();
    }
}
