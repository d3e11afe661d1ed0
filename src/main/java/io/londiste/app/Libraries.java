package io.londiste.app;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;

/**
 * The jars of one or two directories, for routes: Camel components, their libraries, and beans of one's own. What the program
 * has itself is taken from the program. The directories are read once; other processes and later reloads read them anew.
 */
final class Libraries extends MainListenerSupport implements AutoCloseable {
    private static final String BESIDE = "ext";

    private final URLClassLoader classes;

    private Libraries(List<URL> jars) {
        classes = new URLClassLoader("lib", jars.toArray(URL[]::new), Libraries.class.getClassLoader());
    }

    /**
     * Finds the jars of a directory, and after them those of the directory {@value #BESIDE} beside the program's jar, if there is one.
     *
     * @param directory null: only the one beside the program
     * @throws LondisteException if a directory cannot be read, or if the given one does not exist or has no jar
     */
    static Libraries of(Path directory) {
        List<URL> jars = new ArrayList<>();
        if (directory != null) {
            jars.addAll(jars(directory));
            if (jars.isEmpty()) {
                throw new LondisteException("lib: there is no jar in " + directory);
            }
        }
        Path beside = program().resolveSibling(BESIDE);
        if (Files.isDirectory(beside)) {
            jars.addAll(jars(beside));
        }
        return new Libraries(jars);
    }

    /** The program's jar. */
    private static Path program() {
        try {
            return Path.of(Libraries.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<URL> jars(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .map(Libraries::url)
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new LondisteException("lib: no such directory: " + directory, e);
        } catch (IOException | UncheckedIOException e) {
            throw new LondisteException("lib: cannot read " + directory + ": " + e.getMessage(), e);
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Routes find components, beans and resources in the jars. */
    @Override
    public void beforeInitialize(BaseMainSupport main) {
        if (classes.getURLs().length > 0) {
            main.getCamelContext().setApplicationContextClassLoader(classes);
        }
    }

    @Override
    public void close() {
        try {
            classes.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
