package io.londiste.console;

import java.util.regex.Pattern;

/**
 * A user of the console.
 *
 * @param name letters, digits and {@code . _ @ -}, up to 64
 */
public record User(String name, Role role, PasswordHash password) {
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{Nd}._@-]{1,64}");

    /** Whether this is a valid name. Hawtio treats {@code public} as an anonymous user. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches() && !name.equals("public");
    }

    /** The line of the users file. */
    String written() {
        return name + ":" + role.written() + ":" + password.written();
    }

    /** Parses a line of the users file; null if it is invalid. */
    static User parse(String line) {
        var fields = line.split(":", -1);
        if (fields.length != 3 || !isName(fields[0]) || Role.named(fields[1]).isEmpty()) {
            return null;
        }
        try {
            return new User(fields[0], Role.named(fields[1]).get(), new PasswordHash(fields[2]));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The name and the role. */
    @Override
    public String toString() {
        return name + " (" + role.written() + ")";
    }
}
