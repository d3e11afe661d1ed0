package io.londiste.app;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The route files of a daemon or command: the built-in ones, and those of a directory, which replace built-in files of
 * the same name or are added.
 *
 * @param directory null for the built-in ones alone
 */
record RouteFiles(Path directory) {
    private static final String YAML = ".camel.yaml";

    /** The built-in files on whose routes rows are on their way to the subscriber. */
    private static final List<String> OF_ROWS = List.of("replay", "copy", "catch-up");

    /**
     * The files as an include pattern for Camel.
     *
     * @throws LondisteException if the directory cannot be read
     */
    String pattern(List<String> builtIn) {
        return pattern(builtIn, file -> true);
    }

    /**
     * The files for a command, which must not start the routes of daemons: from the directory only those that replace the
     * given built-in files or are named after them, for example {@code compare-mail.camel.yaml}.
     *
     * @throws LondisteException if the directory cannot be read
     */
    String patternOf(List<String> builtIn) {
        return pattern(builtIn, file -> builtIn.stream()
                .anyMatch(name -> file.startsWith(name + ".") || file.startsWith(name + "-")));
    }

    /**
     * The files of the directory that may filter or change rows on their way to the subscriber: those that replace the
     * built-in files of replay and copy, unless only comments differ, and those that intercept steps of other files.
     *
     * @throws LondisteException if the directory or a file cannot be read
     */
    List<Path> changingRows() {
        if (directory == null) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(directory)) {
            return found.filter(RouteFiles::isRoute)
                    .filter(RouteFiles::mayChangeRows)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new LondisteException("cannot read the directory of routes " + directory + ": " + e.getMessage(), e);
        }
    }

    private static boolean mayChangeRows(Path file) {
        String name = file.getFileName().toString();
        try {
            String text = Files.readString(file);
            if (OF_ROWS.stream().map(builtIn -> builtIn + YAML).anyMatch(name::equals)) {
                try (InputStream shipped = RouteFiles.class.getResourceAsStream("/routes/" + name)) {
                    return !content(text).equals(content(new String(shipped.readAllBytes(), StandardCharsets.UTF_8)));
                }
            }
            return text.contains("intercept");
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }

    /** The lines that are not empty or only a comment, without trailing blanks. */
    private static List<String> content(String text) {
        return text.lines()
                .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                .map(String::stripTrailing)
                .toList();
    }

    private String pattern(List<String> builtIn, Predicate<String> wanted) {
        Map<String, String> files = new TreeMap<>();
        for (String name : builtIn) {
            files.put(name + YAML, "classpath:routes/" + name + YAML);
        }
        if (directory != null) {
            try (Stream<Path> found = Files.list(directory)) {
                found.filter(RouteFiles::isRoute)
                        .filter(file -> wanted.test(file.getFileName().toString()))
                        .forEach(file -> files.put(
                                file.getFileName().toString(),
                                "file:" + file.toAbsolutePath().normalize()));
            } catch (NoSuchFileException | NotDirectoryException e) {
                throw new LondisteException("no such directory of routes: " + directory, e);
            } catch (IOException e) {
                throw new LondisteException(
                        "cannot read the directory of routes " + directory + ": " + e.getMessage(), e);
            }
        }
        return String.join(",", files.values());
    }

    private static boolean isRoute(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file) && (name.endsWith(YAML) || name.endsWith(".camel.xml"));
    }
}
