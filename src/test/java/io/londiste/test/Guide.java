package io.londiste.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The blocks of code in the documentation, so that tests run what it shows. */
public final class Guide {
    private static final Path ROUTES = Path.of("src/site/markdown/routes.md");
    private static final Path COMPONENT = Path.of("src/main/docs/pgq-component.adoc");

    private static final List<Path> ROOTS = Stream.of(
                    "README.md",
                    "CHANGELOG.md",
                    "examples",
                    "hawtio",
                    "src/bench",
                    "src/main/docs",
                    "src/site",
                    "src/test")
            .map(Path::of)
            .toList();

    /** The indentation, the language and the text. */
    private static final Pattern MARKDOWN = Pattern.compile("(?ms)^( *)```(\\S*)\n(.*?)^\\1```$");

    private static final Pattern ASCIIDOC = Pattern.compile("(?ms)^()(?:\\[source,(\\w+)]\n)?----\n(.*?)^----$");

    private Guide() {}

    /**
     * A block of code.
     *
     * @param line that of its first line on the page
     * @param language what the page says it is written in; empty if it does not say that
     * @param text its lines, without the indentation that the whole block has
     */
    public record Block(Path page, int line, String language, String text) {
        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    /** All pages of the documentation. */
    public static List<Path> pages() throws IOException {
        var pages = new ArrayList<Path>();
        for (var root : ROOTS) {
            try (var files = Files.walk(root)) {
                files.filter(file -> file.toString().matches(".*\\.(md|adoc)"))
                        .filter(file -> !file.toString().contains("/target/"))
                        .sorted()
                        .forEach(pages::add);
            }
        }
        return pages;
    }

    /** The blocks of a page, in their order. */
    public static List<Block> blocks(Path page) throws IOException {
        var text = Files.readString(page);
        return (page.toString().endsWith(".md") ? MARKDOWN : ASCIIDOC)
                .matcher(text)
                .results()
                .map(block -> new Block(
                        page,
                        (int) text.substring(0, block.start(3)).lines().count() + 1,
                        block.group(2) == null ? "" : block.group(2),
                        block.group(3).replaceAll("(?m)^" + block.group(1), "")))
                .toList();
    }

    /** The block of YAML on the page about routes that contains this text. */
    public static String yaml(String text) throws IOException {
        return block(ROUTES, "yaml", text);
    }

    /** The block in this language on the component's page that contains this text. */
    public static String component(String language, String text) throws IOException {
        return block(COMPONENT, language, text);
    }

    /** The only block of a page that is in this language and contains this text. */
    public static String block(Path page, String language, String text) throws IOException {
        var found = blocks(page).stream()
                .filter(block ->
                        block.language().equals(language) && block.text().contains(text))
                .toList();
        assertThat(found).as("%s with %s on %s", language, text, page).hasSize(1);
        return found.get(0).text();
    }
}
