package io.londiste.manual;

import io.londiste.cli.Cli;
import io.londiste.cli.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes man pages, completion scripts, and what is generated in the documentation; the build runs it. */
public final class Manual {
    private Manual() {}

    /**
     * Writes {@code man/} and {@code completion/}, and brings the project's documentation up to date.
     *
     * @param arguments the project's directory, and the one to write man pages and completion scripts to
     */
    public static void main(String... arguments) throws IOException {
        var project = Path.of(arguments[0]);
        write(project.resolve("src/main/man"), Path.of(arguments[1]));
        new Documentation(project).write();
    }

    static void write(Path pages, Path target) throws IOException {
        var man = Files.createDirectories(target.resolve("man"));
        var completion = Files.createDirectories(target.resolve("completion"));
        for (var program : Program.values()) {
            var root =
                    Cli.commandLine(Cli.root(program, System.out, System.err)).getCommandSpec();
            try (var files = Files.list(pages)) {
                for (var page : files.filter(
                                file -> file.getFileName().toString().startsWith(root.name() + "."))
                        .toList()) {
                    Files.write(man.resolve(page.getFileName()), ManPage.fill(Files.readAllLines(page), root));
                }
            }
            Files.writeString(completion.resolve(root.name() + ".bash"), ShellCompletion.bash(root));
            Files.writeString(completion.resolve(root.name() + ".zsh"), ShellCompletion.zsh(root));
        }
    }
}
