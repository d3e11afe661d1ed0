package io.londiste.db;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The connection service files of libpq: {@code ~/.pg_service.conf}, then the system-wide file. */
final class ServiceFile {
    private ServiceFile() {}

    static Map<String, String> find(String service, Environment environment) {
        var own = environment.get("PGSERVICEFILE");
        var file = own == null ? environment.home().resolve(".pg_service.conf") : Path.of(own);
        var directory = environment.get("PGSYSCONFDIR");
        var system = Path.of(directory == null ? "/etc/postgresql-common" : directory, "pg_service.conf");
        var found = read(file, service);
        found = found != null ? found : read(system, service);
        if (found == null) {
            throw new LondisteException("service " + service + " is neither in " + file + " nor in " + system);
        }
        return found;
    }

    private static Map<String, String> read(Path file, String service) {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            Map<String, String> result = null;
            for (var line : Files.readAllLines(file)) {
                var text = line.strip();
                int equals = text.indexOf('=');
                if (text.startsWith("[")) {
                    if (result != null) {
                        return result;
                    }
                    result = text.equals("[" + service + "]") ? new LinkedHashMap<>() : null;
                } else if (result != null && equals > 0 && !text.startsWith("#")) {
                    result.put(text.substring(0, equals), text.substring(equals + 1));
                }
            }
            return result;
        } catch (IOException e) {
            throw new LondisteException(file + ": cannot be read", e);
        }
    }
}
