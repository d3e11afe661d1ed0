package io.londiste.app;

import io.londiste.error.LondisteException;
import java.io.IOException;
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
