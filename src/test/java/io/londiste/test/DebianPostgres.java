package io.londiste.test;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Debian's PostgreSQL 15 with the original PgQ, on a cluster of its own; {@link PostgresPair} ends it. */
public final class DebianPostgres {
    private static final Path HOME = Path.of("/usr/lib/postgresql/15");
    private static final Path PGQ = Path.of("/usr/share/postgresql/15/extension/pgq.control");

    private DebianPostgres() {}

    /** Skips the test where Debian's packages are not installed, naming what is missing. */
    public static void assumeInstalled() {
        Assumptions.assumeTrue(
                Files.isExecutable(HOME.resolve("bin/initdb")) && Files.exists(PGQ),
                "the original PgQ is not installed here (Debian: postgresql-15 postgresql-15-pgq3)");
    }

    /** A fresh database, in which {@code create extension pgq} works. The test closes it. */
    public static Db database() {
        assumeInstalled();
        return new Db(Servers.SHARED.installed(HOME), "debian");
    }
}
