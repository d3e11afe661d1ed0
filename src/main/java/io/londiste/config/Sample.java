package io.londiste.config;

import java.util.ArrayList;
import java.util.List;

/** A sample INI file with every key of a section. */
public final class Sample {
    private static final int WIDTH = 100;

    private Sample() {}

    /** The lines of the file: each key with its meaning as a comment; keys with a default are commented out and show it. */
    public static List<String> of(Section section) {
        var lines = new ArrayList<String>();
        lines.add("[" + section.written() + "]");
        Key.of(section).stream()
                .filter(key -> key.required(section))
                .findFirst()
                .ifPresent(key ->
                        lines.addAll(comment("Environment variables have precedence over the values in this file: "
                                + key.variable() + " over " + key.written() + ", and so on.")));
        for (var key : Key.of(section)) {
            lines.add("");
            lines.addAll(comment(key.meaning(section)));
            var comment = key.required(section) ? "" : "#";
            lines.add((comment + key.written() + " = " + value(key, section)).stripTrailing());
        }
        return lines;
    }

    private static String value(Key key, Section section) {
        return key == Key.PGQ_QUEUE_NAME ? "londiste" : key.fallback(section);
    }

    private static List<String> comment(String text) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder("#");
        for (var word : text.split(" ")) {
            if (line.length() + word.length() >= WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder("#");
            }
            line.append(' ').append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
