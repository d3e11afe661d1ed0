package io.londiste.pgq.sql;

import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.DebianPostgres;
import io.londiste.test.PostgresPair;

/** The PgQ that a test runs against. What holds for the original must hold for ours. */
enum Implementation {
    OURS_13,
    OURS_15,
    OURS_18,
    /** The extension in C, where Debian's package is installed; skipped otherwise. */
    ORIGINAL;

    boolean ours() {
        return this != ORIGINAL;
    }

    /** A fresh database with schema pgq. */
    Db database() {
        if (!ours()) {
            Db db = DebianPostgres.database();
            db.sql("create extension pgq");
            return db;
        }
        Db db = PostgresPair.database(Integer.parseInt(name().substring(5)));
        new Installer(db.dataSource()).installPgq();
        return db;
    }
}
