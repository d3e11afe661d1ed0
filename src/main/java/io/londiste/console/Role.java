package io.londiste.console;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a user of the console may do. */
public enum Role {
    /** Sees everything, changes nothing. */
    VIEWER,
    /** Sees and acts. */
    OPERATOR;

    /** The role as it is written in files and on command lines. */
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
