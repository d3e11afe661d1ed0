package io.londiste.db;

import io.londiste.error.LondisteException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The TLS defaults of libpq that the driver does not have: the usual places of certificates, and what they imply. */
final class Tls {
    private static final Set<String> VERIFYING = Set.of("verify-ca", "verify-full");
    private static final String SYSTEM = "system";

    private Tls() {}

    /**
     * Completes the parameters of a connection over TCP.
     *
     * @throws LondisteException if they contradict each other
     */
    static void complete(Map<String, String> parameters, Path home) {
        var directory = home.resolve(".postgresql");
        boolean system = SYSTEM.equals(parameters.get("sslrootcert"));
        parameters.putIfAbsent("sslmode", system ? "verify-full" : "prefer");
        var mode = parameters.get("sslmode");
        if (system && !mode.equals("verify-full")) {
            throw new LondisteException("sslmode=" + mode + " is too weak for sslrootcert=system; use verify-full");
        }
        if ("direct".equals(parameters.get("sslnegotiation")) && !mode.equals("require") && !VERIFYING.contains(mode)) {
            throw new LondisteException("sslmode=" + mode
                    + " is too weak for sslnegotiation=direct; use require, verify-ca or verify-full");
        }
        if (mode.equals("verify-full")
                && parameters.containsKey("hostaddr")
                && !parameters.get("hostaddr").equals(parameters.get("host"))) {
            throw new LondisteException("the JDBC driver does not support sslmode=verify-full with host and hostaddr;"
                    + " leave hostaddr out");
        }
        parameters.putIfAbsent("sslrootcert", directory.resolve("root.crt").toString());
        if (mode.equals("require") && Files.exists(Path.of(parameters.get("sslrootcert")))) {
            // libpq does so for compatibility with versions before verify-ca: an existing root certificate is used.
            parameters.put("sslmode", "verify-ca");
        }
        if (!parameters.containsKey("sslcert") && Files.exists(directory.resolve("postgresql.crt"))) {
            parameters.put("sslcert", directory.resolve("postgresql.crt").toString());
            parameters.putIfAbsent("sslkey", directory.resolve("postgresql.key").toString());
        }
    }

    /** Whether to trust Java's root certificates instead of those of a file. */
    static boolean trustsSystem(Map<String, String> parameters) {
        return SYSTEM.equals(parameters.get("sslrootcert"));
    }
}
