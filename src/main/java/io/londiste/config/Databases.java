package io.londiste.config;

import io.londiste.db.Database;
import io.londiste.db.Database.Setting;
import javax.sql.DataSource;

/** The databases that a job's or a ticker's settings name. */
public final class Databases {
    private Databases() {}

    /** The provider of a job, reached over the given source. */
    public static Database provider(Settings settings, DataSource source) {
        return new Database(setting(settings, Key.PROVIDER_DB, "provider"), settings.providerDb(), source);
    }

    /** The subscriber of a job, reached over the given source. */
    public static Database subscriber(Settings settings, DataSource source) {
        return new Database(setting(settings, Key.SUBSCRIBER_DB, "subscriber"), settings.subscriberDb(), source);
    }

    /** The database that a ticker works on, reached over the given source. */
    public static Database queues(Settings settings, DataSource source) {
        return new Database(setting(settings, Key.DB, "database"), settings.db(), source);
    }

    private static Setting setting(Settings settings, Key key, String role) {
        return new Setting(role, key.written(), settings.file(), settings.lockTimeout());
    }
}
