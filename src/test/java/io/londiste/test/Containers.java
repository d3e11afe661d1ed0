package io.londiste.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** PostgreSQL from Docker; a separate class so that Testcontainers is loaded only where it is asked for. */
final class Containers {
    private Containers() {}

    static Server start(int major, Map<String, String> settings) {
        var image = System.getProperty("postgres.image", "postgres:%d").formatted(major);
        var command = new ArrayList<>(List.of("postgres"));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        var container = new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
                .withDatabaseName("postgres")
                .withCommand(command.toArray(String[]::new));
        container.start();
        return new Server(
                container.getHost(),
                container.getMappedPort(5432),
                container.getUsername(),
                container.getPassword(),
                null,
                container::stop);
    }
}
