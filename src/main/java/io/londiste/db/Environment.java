package io.londiste.db;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a connection string leaves open is taken from here.
 *
 * @param socketDirectories where a server on this machine may have its Unix socket
 */
record Environment(Map<String, String> variables, Path home, String user, List<Path> socketDirectories) {
    static Environment ofThisProcess() {
        return new Environment(
                System.getenv(),
                Home.own(),
                System.getProperty("user.name"),
                List.of(Path.of("/var/run/postgresql"), Path.of("/tmp")));
    }

    /** The variable, or null where it is not set or empty. */
    String get(String variable) {
        var value = variables.get(variable);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Whether it is a directory in which the server of this machine has its Unix socket. */
    boolean isDefaultSocket(String host) {
        return host.startsWith("/") && socketDirectories.contains(Path.of(host));
    }

    /** Where a server is that no host was told of: its socket's directory, or else localhost. */
    String localHost(String port) {
        return socketDirectories.stream()
                .filter(directory -> Files.exists(directory.resolve(".s.PGSQL." + port)))
                .map(Path::toString)
                .findFirst()
                .orElse("localhost");
    }
}
