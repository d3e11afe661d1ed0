package io.londiste.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples of the guide to routes, so that tests run what it shows. */
public final class Guide {
    private static final Path PAGE = Path.of("src/site/markdown/routes.md");
    private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

    private Guide() {}

    /** The block of YAML that contains this text. */
    public static String yaml(String text) throws IOException {
        Matcher block = YAML.matcher(Files.readString(PAGE));
        while (block.find()) {
            if (block.group(1).contains(text)) {
                return block.group(1);
            }
        }
        throw new AssertionError("the guide shows no route with " + text);
    }
}
