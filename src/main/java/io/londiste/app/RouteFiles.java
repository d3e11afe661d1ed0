package io.londiste.app;

import io.londiste.config.Section;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route files of a daemon or command: the built-in ones, and those of a directory, which replace built-in files of
 * the same name or are added. A file in XML replaces the built-in one in YAML. The directory is read once, so that routes can be
 * started again after its files have changed.
 *
 * @param directory null for the built-in ones alone
 * @param own the contents of the directory's route files, by their names
 */
public record RouteFiles(Path directory, Map<String, String> own) {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);
    private static final String YAML = ".camel.yaml";
    private static final String XML = ".camel.xml";

    /** Files that look as if they were meant to be route files. */
    private static final Pattern SIMILAR = Pattern.compile("[^.].*\\.(ya?ml|xml)", Pattern.CASE_INSENSITIVE);

    private static final String BUILT_IN = "classpath:routes/";

    /** The built-in files on whose routes rows are on their way to the subscriber. */
    private static final List<String> OF_ROWS = List.of("replay", "copy", "catch-up");

    /**
     * Reads the directory. Its other files that look like route files, and directories that have such files, are logged as warnings.
     *
     * @param directory null for the built-in files alone
     * @throws LondisteException if the directory or a file cannot be read, or two files have the same name but for their suffix
     */
    public static RouteFiles read(Path directory) {
        Map<String, String> own = new TreeMap<>();
        if (directory != null) {
            List<Path> ignored = new ArrayList<>();
            try (Stream<Path> found = Files.list(directory)) {
                for (Path file : found.sorted().toList()) {
                    if (isRoute(file)) {
                        own.put(file.getFileName().toString(), content(file));
                    } else if (isSimilar(file)) {
                        ignored.add(file.getFileName());
                    }
                }
            } catch (NoSuchFileException | NotDirectoryException e) {
                throw new LondisteException("no such directory of routes: " + directory, e);
            } catch (IOException | UncheckedIOException e) {
                throw new LondisteException(
                        "cannot read the directory of routes " + directory + ": " + e.getMessage(), e);
            }
            requireOneFormat(directory, own.keySet());
            if (!ignored.isEmpty()) {
                LOG.warn(
                        "{}: {} ignored: route files are those directly in the directory whose names end with {} or {}",
                        directory,
                        ignored,
                        YAML,
                        XML);
            }
        }
        return new RouteFiles(directory, own);
    }

    private static boolean isRoute(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file) && (name.endsWith(YAML) || name.endsWith(XML));
    }

    /**
     * Whether a file looks like a route file, or a directory has such a file. Hidden ones do not count: ConfigMaps of Kubernetes
     * use them. Nor does what cannot be read, since this is only for a warning.
     */
    private static boolean isSimilar(Path file) {
        if (file.getFileName().toString().startsWith(".")) {
            return false;
        }
        try (Stream<Path> all = Files.walk(file, 1)) {
            return all.anyMatch(
                    each -> SIMILAR.matcher(each.getFileName().toString()).matches() && Files.isRegularFile(each));
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} cannot be read", file, e);
            return false;
        }
    }

    private static void requireOneFormat(Path directory, Set<String> names) {
        for (String name : names) {
            if (name.endsWith(XML) && names.contains(base(name) + YAML)) {
                throw new LondisteException("directory of routes " + directory + ": there are " + base(name) + YAML
                        + " and " + name + "; remove one of them");
            }
        }
    }

    /** The name without its suffix. */
    private static String base(String file) {
        return file.substring(0, file.length() - (file.endsWith(XML) ? XML : YAML).length());
    }

    private static String content(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The given built-in files, or those that replace them, and all others of the directory, except those that replace built-in
     * files which this process does not use; in the order of their names.
     */
    List<Resource> all(List<String> builtIn) {
        List<String> every = BuiltInRoutes.of(Section.LONDISTE);
        return resources(builtIn, file -> builtIn.contains(base(file)) || !every.contains(base(file)));
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
            files.put(name, ResourceHelper.fromString(BUILT_IN + name + YAML, builtIn(name + YAML)));
        }
        own.forEach((name, content) -> {
            if (wanted.test(name)) {
                files.put(base(name), ResourceHelper.fromString("file:" + directory.resolve(name), content));
            }
        });
        return List.copyOf(files.values());
    }

    /** Whether a resource is a built-in file. */
    static boolean isBuiltIn(String location) {
        return location.startsWith(BUILT_IN);
    }

    /**
     * How many connections the pool of the provider needs for the directory's routes: those that read queues hold two each, and
     * need two more while they read a large batch and move failed events.
     */
    int providerConnections() {
        return 4
                * own.values().stream()
                        .mapToInt(text -> text.split("pgq:", -1).length - 1)
                        .sum();
    }

    /** The text of a built-in file. */
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
        return OF_ROWS.contains(base(name))
                ? !statements(text).equals(statements(builtIn(base(name), name.endsWith(XML))))
                : text.contains("intercept");
    }

    private static String builtIn(String name, boolean xml) {
        String yaml = builtIn(name + YAML);
        return xml ? RouteXml.of(BUILT_IN + name + YAML, yaml) : yaml;
    }

    /**
     * Writes built-in files into a directory, which is created if it does not exist.
     *
     * @param names the names without suffix
     * @param xml whether to write XML, without the comments, instead of YAML
     * @return the files
     * @throws LondisteException if one of them exists, in either format, or cannot be written; then none was written that existed before
     */
    public static List<Path> export(Path directory, List<String> names, boolean xml) {
        Map<Path, String> files = new TreeMap<>();
        for (String name : names) {
            files.put(directory.resolve(name + (xml ? XML : YAML)), builtIn(name, xml));
            for (String suffix : List.of(YAML, XML)) {
                if (Files.exists(directory.resolve(name + suffix))) {
                    throw new LondisteException(directory.resolve(name + suffix) + " exists; nothing was written");
                }
            }
        }
        try {
            Files.createDirectories(directory);
            for (Map.Entry<Path, String> file : files.entrySet()) {
                Files.writeString(file.getKey(), file.getValue(), StandardOpenOption.CREATE_NEW);
            }
        } catch (IOException e) {
            throw new LondisteException("cannot write route files: " + e, e);
        }
        return List.copyOf(files.keySet());
    }

    /** The lines that are not empty or only a comment, without trailing blanks. */
    private static List<String> statements(String text) {
        return text.lines()
                .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                .map(String::stripTrailing)
                .toList();
    }
}
