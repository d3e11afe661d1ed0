package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.londiste.error.LondisteException;
import io.londiste.test.Db;
import io.londiste.test.Guide;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The jars of the key {@code lib}. */
@ExtendWith(PostgresPair.class)
class LibrariesIT {
    /** A component of Camel that the program does not have, and the library that it needs, copied by the build. */
    private static final Path COMPONENT = Path.of("target/test-components");

    private static final String NOTE = """
            package own;

            import java.nio.file.Files;
            import java.nio.file.Path;

            public class Note {
                public void write(String text) throws Exception {
                    Files.writeString(Path.of("%s"), text);
                }
            }
            """;

    private static final String ROUTE = """
            - route:
                id: mine
                from:
                  uri: quartz:mine?trigger.repeatCount=0
                  steps:
                    - setBody: {constant: order 17}
            """;

    @TempDir
    private Path directory;

    private Path lib;
    private Path routes;
    private Path said;

    @BeforeEach
    void directories() throws IOException {
        lib = Files.createDirectory(directory.resolve("lib"));
        routes = Files.createDirectory(directory.resolve("routes"));
        said = directory.resolve("said");
    }

    /** A route that needs the component and the bean, by the step on the page about routes. */
    private void putRoute() throws IOException {
        Files.writeString(
                routes.resolve("mine.camel.yaml"),
                ROUTE + Guide.yaml("own.Note").indent(8));
    }

    /** Compiles the bean, which writes into the file {@link #said}, into a jar. */
    private void putBean() throws IOException {
        var source = Files.writeString(directory.resolve("Note.java"), NOTE.formatted(said));
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", directory.toString(), source.toString());
        assertThat(code).isZero();
        try (var jar = new JarOutputStream(Files.newOutputStream(lib.resolve("own.jar")))) {
            jar.putNextEntry(new JarEntry("own/Note.class"));
            Files.copy(directory.resolve("own/Note.class"), jar);
        }
    }

    private void putComponent() throws IOException {
        try (var jars = Files.list(COMPONENT)) {
            for (var jar : jars.toList()) {
                Files.copy(jar, lib.resolve(jar.getFileName()));
            }
        }
    }

    @Test
    void routesUseComponentsAndBeansOfTheJars(@Provider Db provider, @Subscriber Db subscriber) throws IOException {
        putBean();
        putComponent();
        putRoute();

        try (var job =
                new Job(provider, subscriber).with("routes", routes.toString()).with("lib", lib.toString())) {
            job.start();

            await().until(() -> Files.exists(said) && Files.readString(said).equals("order 17"));
        }
    }

    @Test
    void withoutTheJarTheRouteIsRefused(@Provider Db provider, @Subscriber Db subscriber) throws IOException {
        putBean();
        putRoute();

        try (var job =
                new Job(provider, subscriber).with("routes", routes.toString()).with("lib", lib.toString())) {
            assertThatThrownBy(job::start).isInstanceOf(LondisteException.class).hasMessageContaining("quartz");
        }
    }

    @Test
    void aDirectoryWithoutJarsIsRefused(@Provider Db provider, @Subscriber Db subscriber) {
        try (var job = new Job(provider, subscriber).with("lib", lib.toString())) {
            assertThatThrownBy(job::start).hasMessage("lib: there is no jar in " + lib);
            job.with("lib", lib + "/none");
            assertThatThrownBy(job::start).hasMessage("lib: no such directory: " + lib + "/none");
        }
    }
}
