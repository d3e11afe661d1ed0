package io.londiste.db;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The source of the connection parameters that are not in a connection string.
 *
 * @param socketDirectories the default directories of the Unix sockets of servers on this machine
 */
record Environment(Map<String, String> variables, Path home, String user, List<Path> socketDirectories) {
    static Environment ofThisProcess() {
        return new Environment(
                System.getenv(),
                Home.own(),
                System.getProperty("user.name"),
                List.of(Path.of("/var/run/postgresql"), Path.of("/tmp")));
    }

    /** The value of the variable; null if it is not set or empty. */
    String get(String variable) {
        var value = variables.get(variable);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Whether the host is one of the default socket directories. */
    boolean isDefaultSocket(String host) {
        return host.startsWith("/") && socketDirectories.contains(Path.of(host));
    }

    /** The host if none is given: the default directory that has the server's socket, or else localhost. */
    String localHost(String port) {
        return socketDirectories.stream()
                .filter(directory -> Files.exists(directory.resolve(".s.PGSQL." + port)))
                .map(Path::toString)
                .findFirst()
                .orElse("localhost");
    }
}
