package io.londiste.config;

import java.nio.file.Path;
import java.util.Map;

/** What a connection string leaves open is taken from here: variables, home directory and name of the user. */
record Environment(Map<String, String> variables, Path home, String user) {
    static Environment ofThisProcess() {
        return new Environment(
                System.getenv(), Path.of(System.getProperty("user.home")), System.getProperty("user.name"));
    }

    /** The variable, or null where it is not set or empty. */
    String get(String variable) {
        var value = variables.get(variable);
        return value == null || value.isEmpty() ? null : value;
    }
}
