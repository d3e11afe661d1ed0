package io.londiste.config;

import io.londiste.config.Ini.Given;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Values of keys that are not in the INI file: those of environment variables, which replace the file's, and those in files
 * that hold a secret. They are taken as they are; {@code %} is not special in them.
 */
final class Overrides {
    private static final Logger LOG = LoggerFactory.getLogger(Overrides.class);

    private final Path file;
    private final Section section;
    private final Map<String, String> environment;

    /**
     * @param file the INI file
     * @param environment the variables by name; an empty one counts as not set
     */
    Overrides(Path file, Section section, Map<String, String> environment) {
        this.file = file;
        this.section = section;
        this.environment = environment;
    }

    /**
     * The section with these values.
     *
     * @throws io.londiste.error.LondisteException if a key and that of its file are both set, or such a file cannot be read
     */
    Ini in(Ini ini) {
        warnOfUnknown();
        var variables = new HashMap<String, Given>();
        for (var key : Key.of(section)) {
            var value = environment.getOrDefault(key.variable(), "").strip();
            if (!value.isEmpty()) {
                variables.put(key.written(), new Given(value, "environment variable " + key.variable(), null));
            }
        }
        var result = ini.with(variables);
        for (var key : Key.of(section)) {
            if (key.ofFile().isPresent()) {
                result = withSecret(result, variables, key, key.ofFile().get());
            }
        }
        return result;
    }

    /** Reads the value of a key from its file, if that is set where it counts: variables count before the INI file. */
    private Ini withSecret(Ini ini, Map<String, Given> variables, Key key, Key ofFile) {
        boolean inVariable = variables.containsKey(key.written());
        boolean fileInVariable = variables.containsKey(ofFile.written());
        boolean set = inVariable || !fileInVariable && ini.get(key.written()).isPresent();
        boolean fileSet =
                fileInVariable || !inVariable && ini.get(ofFile.written()).isPresent();
        if (set && fileSet) {
            throw ini.error(
                    ofFile.written(),
                    "cannot be set together with " + (inVariable ? key.variable() : key.written())
                            + "; remove one of them");
        }
        return fileSet ? ini.with(Map.of(key.written(), secret(ini, ofFile))) : ini;
    }

    private Given secret(Ini ini, Key ofFile) {
        var path = file.resolveSibling(new Values(ini, section).path(ofFile));
        if (!Files.isRegularFile(path)) {
            throw ini.error(ofFile.written(), path + (Files.exists(path) ? " is not a file" : ": no such file"));
        }
        try (var reader = Files.newBufferedReader(path)) {
            var line = reader.readLine();
            if (line == null || line.isBlank()) {
                throw ini.error(ofFile.written(), "the first line of " + path + " is empty");
            }
            return new Given(line.strip(), path.toString(), path);
        } catch (IOException e) {
            throw ini.error(ofFile.written(), path + " cannot be read, or is not a text");
        }
    }

    /** Others may use variables with that prefix as well, so only those are reported that look like ours. */
    private void warnOfUnknown() {
        environment.keySet().stream()
                .filter(variable -> variable.startsWith(Key.VARIABLES))
                .forEach(variable -> {
                    var name = variable.substring(Key.VARIABLES.length()).toLowerCase(Locale.ROOT);
                    if (Key.named(name).isEmpty()) {
                        Key.nearest(section, name)
                                .filter(Key::effective)
                                .ifPresent(near -> LOG.warn(
                                        "environment variable {}: no such key; did you mean {}?",
                                        variable,
                                        near.variable()));
                    }
                });
    }
}
