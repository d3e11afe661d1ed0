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
 * A new password: typed twice without echo at a terminal, otherwise the first line of standard input; a random one if
 * the input is empty.
 */
record PasswordInput(char[] password, boolean random) {
    static PasswordInput ask(String user) {
        var terminal = System.console();
        var given = terminal == null ? line() : typed(terminal, user);
        return given.length == 0 ? new PasswordInput(Users.randomPassword(), true) : new PasswordInput(given, false);
    }

    private static char[] typed(Console terminal, String user) {
        var typed = terminal.readPassword("Password of %s (leave empty for a random one): ", user);
        if (typed == null || typed.length == 0) {
            return new char[0];
        }
        if (!Arrays.equals(typed, terminal.readPassword("Again: "))) {
            throw new LondisteException("the two passwords differ; nothing was changed");
        }
        return typed;
    }

    private static char[] line() {
        try {
            // The reader may buffer more than the line; no other process reads the rest of this input.
            var line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return line == null ? new char[0] : line.toCharArray();
        } catch (IOException e) {
            throw new LondisteException("no password can be read from standard input: " + e.getMessage(), e);
        }
    }
}
