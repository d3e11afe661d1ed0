package io.londiste.app;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;

/**
 * The jars of a directory, for routes: Camel components, their libraries, and beans of one's own. What the program has itself
 * is taken from the program. The directory is read once; other processes and later reloads read it anew.
 */
final class Libraries extends MainListenerSupport implements AutoCloseable {
    private final URLClassLoader classes;

    private Libraries(List<URL> jars) {
        classes = new URLClassLoader("lib", jars.toArray(URL[]::new), Libraries.class.getClassLoader());
    }

    /**
     * Finds the jars.
     *
     * @throws LondisteException if the directory does not exist, cannot be read, or has no jar
     */
    static Libraries of(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            List<URL> jars = files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .map(Libraries::url)
                    .toList();
            if (jars.isEmpty()) {
                throw new LondisteException("lib: there is no jar in " + directory);
            }
            return new Libraries(jars);
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
        main.getCamelContext().setApplicationContextClassLoader(classes);
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
