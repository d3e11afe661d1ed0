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
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;

/**
 * The route files of a daemon or command: the built-in ones, and those of a directory, which replace built-in files of
 * the same name or are added. The directory is read once, so that routes can be started again after its files have changed.
 *
 * @param directory null for the built-in ones alone
 * @param own the contents of the directory's route files, by their names
 */
public record RouteFiles(Path directory, Map<String, String> own) {
    private static final String YAML = ".camel.yaml";
    private static final String BUILT_IN = "classpath:routes/";

    /** The built-in files on whose routes rows are on their way to the subscriber. */
    private static final List<String> OF_ROWS = List.of("replay", "copy", "catch-up");

    /**
     * Reads the directory.
     *
     * @param directory null for the built-in files alone
     * @throws LondisteException if the directory or a file cannot be read
     */
    public static RouteFiles read(Path directory) {
        Map<String, String> own = new TreeMap<>();
        if (directory != null) {
            try (Stream<Path> found = Files.list(directory)) {
                for (Path file : found.filter(RouteFiles::isRoute).toList()) {
                    own.put(file.getFileName().toString(), content(file));
                }
            } catch (NoSuchFileException | NotDirectoryException e) {
                throw new LondisteException("no such directory of routes: " + directory, e);
            } catch (IOException | UncheckedIOException e) {
                throw new LondisteException(
                        "cannot read the directory of routes " + directory + ": " + e.getMessage(), e);
            }
        }
        return new RouteFiles(directory, own);
    }

    private static boolean isRoute(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file) && (name.endsWith(YAML) || name.endsWith(".camel.xml"));
    }

    private static String content(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** The given built-in files, or those that replace them, and all others of the directory; in the order of their names. */
    List<Resource> all(List<String> builtIn) {
        return resources(builtIn, file -> true);
    }

    /**
     * The files for a command, which must not start the routes of daemons: from the directory only those that replace the
     * given built-in files or are named after them, for example {@code compare-mail.camel.yaml}.
     */
    List<Resource> of(List<String> builtIn) {
        return resources(builtIn, file -> builtIn.stream()
                .anyMatch(name -> file.startsWith(name + ".") || file.startsWith(name + "-")));
    }

    private List<Resource> resources(List<String> builtIn, Predicate<String> wanted) {
        Map<String, Resource> files = new TreeMap<>();
        for (String name : builtIn) {
            files.put(name + YAML, ResourceHelper.fromString(BUILT_IN + name + YAML, builtIn(name + YAML)));
        }
        own.forEach((name, content) -> {
            if (wanted.test(name)) {
                files.put(name, ResourceHelper.fromString("file:" + directory.resolve(name), content));
            }
        });
        return List.copyOf(files.values());
    }

    private static String builtIn(String name) {
        try (InputStream shipped = RouteFiles.class.getResourceAsStream("/routes/" + name)) {
            return new String(shipped.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /**
     * The files of the directory that may filter or change rows on their way to the subscriber: those that replace the
     * built-in files of replay and copy, unless only comments differ, and those that intercept steps of other files.
     */
    List<Path> changingRows() {
        return own.keySet().stream()
                .filter(this::mayChangeRows)
                .map(name -> directory.resolve(name))
                .toList();
    }

    private boolean mayChangeRows(String name) {
        String text = own.get(name);
        return OF_ROWS.stream().map(builtIn -> builtIn + YAML).anyMatch(name::equals)
                ? !statements(text).equals(statements(builtIn(name)))
                : text.contains("intercept");
    }

    /** The lines that are not empty or only a comment, without trailing blanks. */
    private static List<String> statements(String text) {
        return text.lines()
                .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                .map(String::stripTrailing)
                .toList();
    }
}
