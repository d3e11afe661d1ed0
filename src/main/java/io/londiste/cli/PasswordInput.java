package io.londiste.cli;

import io.londiste.console.Users;
import io.londiste.error.LondisteException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A new password: typed twice and unseen at a terminal, otherwise the first line of standard input, and if that is empty
 * a random one.
 */
record PasswordInput(char[] password, boolean random) {
    static PasswordInput ask(String user) {
        var terminal = System.console();
        var given = terminal == null ? line() : typed(terminal, user);
        return given.length == 0 ? new PasswordInput(Users.randomPassword(), true) : new PasswordInput(given, false);
    }

    private static char[] typed(Console terminal, String user) {
        var typed = terminal.readPassword("Password of %s (nothing makes a random one): ", user);
        if (typed == null || typed.length == 0) {
            return new char[0];
        }
        if (!Arrays.equals(typed, terminal.readPassword("Again: "))) {
            throw new LondisteException("these were two different passwords; nothing was changed");
        }
        return typed;
    }

    private static char[] line() {
        try {
            // All of it: a process that reads the same input after us gets nothing from it anyway.
            var line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return line == null ? new char[0] : line.toCharArray();
        } catch (IOException e) {
            throw new LondisteException("no password can be read from standard input: " + e.getMessage(), e);
        }
    }
}
