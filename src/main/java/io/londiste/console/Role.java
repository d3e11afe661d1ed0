package io.londiste.console;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The role of a user of the console. */
public enum Role {
    /** May read everything and change nothing. */
    VIEWER,
    /** May read everything and execute commands. */
    OPERATOR;

    /** The name of the role in files and on command lines. */
    public String written() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of that name; empty if there is none. */
    public static Optional<Role> named(String written) {
        return Arrays.stream(values())
                .filter(role -> role.written().equals(written))
                .findFirst();
    }
}
