package io.londiste.config;

import java.util.ArrayList;
import java.util.List;

/** An INI file with every key of a section, to be filled in. */
public final class Sample {
    private static final int WIDTH = 100;

    private Sample() {}

    /** The lines: each key with its meaning above it, commented out where it has a default, which is shown. */
    public static List<String> of(Section section) {
        var lines = new ArrayList<String>();
        lines.add("[" + section.written() + "]");
        for (var key : Key.of(section)) {
            lines.add("");
            lines.addAll(comment(key.meaning()));
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
