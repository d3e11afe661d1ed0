package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The commands of the installation page. */
final class InstallationPage {
    private static final Path PAGE = Path.of("src/site/markdown/installation.md");
    private static final Pattern COMMANDS = Pattern.compile("(?s)```sh\n(.*?)```");

    private InstallationPage() {}

    /** The commands below a heading, up to the next heading of any level. */
    static String commands(String heading) throws IOException {
        var section = Pattern.compile("(?ms)^##+ " + Pattern.quote(heading) + "\n(.*?)(?=^##|\\z)")
                .matcher(Files.readString(PAGE));
        assertThat(section.find()).as(heading).isTrue();
        var commands = COMMANDS.matcher(section.group(1))
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.joining());
        assertThat(commands).as(heading).isNotBlank();
        return commands;
    }
}
