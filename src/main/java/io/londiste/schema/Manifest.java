package io.londiste.schema;

import io.londiste.LondisteException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The SQL files of one schema, on the class path: {@code install.txt} names them in order. */
record Manifest(String directory) {

    /** The files' names in the order they are run. */
    List<String> files() {
        return text("install.txt")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /** The text of one of the files. */
    String text(String file) {
        var resource = directory + "/" + file;
        try (InputStream in = Manifest.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new LondisteException("this program lacks its file " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new LondisteException("cannot read " + resource + ": " + e.getMessage(), e);
        }
    }
}
