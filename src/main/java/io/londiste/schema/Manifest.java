package io.londiste.schema;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The SQL files of one schema on the class path, which {@code install.txt} lists in order. */
record Manifest(String directory) {
    /** The file of an upgrade step, with its number and name. */
    static final Pattern STEP = Pattern.compile("upgrade/(\\d{3})_(\\w+)\\.sql");

    /** The names of the files in the order in which they are run. */
    List<String> files() {
        return text("install.txt")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /** The number of the last upgrade step; 0 if there is none. */
    int version() {
        return files().stream()
                .map(STEP::matcher)
                .filter(Matcher::matches)
                .mapToInt(step -> Integer.parseInt(step.group(1)))
                .max()
                .orElse(0);
    }

    /** The content of one of the files. */
    String text(String file) {
        var resource = directory + "/" + file;
        try (InputStream in = Manifest.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new LondisteException("resource " + resource + " is missing in this program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new LondisteException("cannot read " + resource + ": " + e.getMessage(), e);
        }
    }
}
