package io.londiste;

import io.londiste.cli.Cli;
import io.londiste.cli.Program;

/** Where both programs start; the property {@code londiste.program} says which it is. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        var program = Program.named(System.getProperty("londiste.program", "londiste"));
        System.exit(Cli.run(program, System.out, System.err, args));
    }
}
