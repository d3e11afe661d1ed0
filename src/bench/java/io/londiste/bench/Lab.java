package io.londiste.bench;

import io.londiste.demo.PgCluster;
import io.londiste.test.Db;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Two servers, one for providers and one for subscribers: Debian's PostgreSQL 15 if it is installed, otherwise that of the
 * build.
 */
final class Lab implements AutoCloseable {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql/15");
    private static final int MAJOR = 15;

    /** Typical settings of an application's server. */
    private static final Map<String, String> SETTINGS = Map.of(
            "wal_level", "logical",
            "shared_buffers", "256MB",
            "max_wal_size", "8GB",
            "checkpoint_timeout", "1h",
            "max_connections", "300",
            "max_replication_slots", "20",
            "max_wal_senders", "20",
            "fsync", "on",
            "shared_preload_libraries", "pg_stat_statements");

    private final PgCluster provider;
    private final PgCluster subscriber;
    private final Path directory;

    Lab() throws IOException {
        provider = open();
        subscriber = open();
        directory = Files.createTempDirectory("londiste-bench");
    }

    private static PgCluster open() throws IOException {
        return Files.isExecutable(DEBIAN.resolve("bin/initdb"))
                ? PgCluster.open(DEBIAN, SETTINGS)
                : PgCluster.open(MAJOR, SETTINGS);
    }

    /** Creates empty databases for one run. */
    Pair pair() throws IOException {
        return new Pair(
                Db.on(provider, "provider"),
                Db.on(subscriber, "subscriber"),
                Files.createTempDirectory(directory, "run"));
    }

    @Override
    public void close() throws IOException {
        try (provider;
                subscriber) {
            try (var files = Files.walk(directory)) {
                for (var file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
