package io.londiste.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples of the documentation, so that tests run what it shows. */
public final class Guide {
    private static final Path ROUTES = Path.of("src/site/markdown/routes.md");
    private static final Path COMPONENT = Path.of("src/main/docs/pgq-component.adoc");

    private Guide() {}

    /** The block of YAML on the page about routes that contains this text. */
    public static String yaml(String text) throws IOException {
        return block(ROUTES, "```yaml\\n(.*?)```", text);
    }

    /** The block in this language on the component's page that contains this text. */
    public static String component(String language, String text) throws IOException {
        return block(COMPONENT, "\\[source,%s]\\n----\\n(.*?)----".formatted(language), text);
    }

    private static String block(Path page, String pattern, String text) throws IOException {
        Matcher block = Pattern.compile(pattern, Pattern.DOTALL).matcher(Files.readString(page));
        while (block.find()) {
            if (block.group(1).contains(text)) {
                return block.group(1);
            }
        }
        throw new AssertionError(page + " has no example with " + text);
    }
}
