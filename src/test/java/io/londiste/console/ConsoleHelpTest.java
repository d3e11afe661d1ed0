package io.londiste.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The console's help shows the documentation that is there. */
class ConsoleHelpTest {
    private static final Path FILES = Path.of("hawtio/static/londiste");

    private static List<String> pages() throws IOException {
        var list = Pattern.compile("const PAGES = \\[(.*)]").matcher(Files.readString(FILES.resolve("help.js")));
        assertThat(list.find()).isTrue();
        return Arrays.stream(list.group(1).split(", "))
                .map(page -> page.replace("'", ""))
                .toList();
    }

    @Test
    void everyPageOfTheDocumentationIsShown() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/site/markdown"))) {
            var names = files.map(file -> file.getFileName().toString().replace(".md", ""));
            assertThat(pages())
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(names, Stream.of("README")).toList());
        }
        for (var page : pages()) {
            assertThat(Console.class.getResource("/console/static/londiste/docs/" + page + ".md"))
                    .as(page)
                    .isNotNull();
        }
    }

    @Test
    void theHelpRefersToPagesThatAreThere() throws IOException {
        var links = Pattern.compile("]\\(([^)]+)\\)")
                .matcher(Files.readString(FILES.resolve("help.md")))
                .results()
                .map(link -> link.group(1))
                .toList();

        assertThat(links).hasSizeGreaterThan(5).allSatisfy(link -> assertThat(pages())
                .contains(link.replaceFirst("#.*", "").replace("londiste/help/", "")));
    }
}
