package io.londiste.config;

import io.londiste.db.Database;
import io.londiste.db.Database.Setting;
import io.londiste.db.Pools;
import java.sql.SQLException;
import java.util.function.BiConsumer;
import javax.sql.DataSource;

/** The databases that a job's or a ticker's settings name. */
public final class Databases {
    private Databases() {}

    /** The provider of a job, with connections from the given source. */
    public static Database provider(Settings settings, DataSource source) {
        return new Database(setting(settings, Key.PROVIDER_DB, "provider"), settings.providerDb(), source);
    }

    /** The subscriber of a job, with connections from the given source. */
    public static Database subscriber(Settings settings, DataSource source) {
        return new Database(setting(settings, Key.SUBSCRIBER_DB, "subscriber"), settings.subscriberDb(), source);
    }

    /** The database of a ticker, with connections from the given source. */
    public static Database queues(Settings settings, DataSource source) {
        return new Database(setting(settings, Key.DB, "database"), settings.db(), source);
    }

    /**
     * Runs {@code action} with pools for the provider and the subscriber of a job, in this order, and closes them
     * afterwards.
     */
    public static void connected(Settings settings, BiConsumer<DataSource, DataSource> action) {
        var lifetime = settings.connectionLifetime();
        try (var provider = Pools.open(settings.providerDb(), settings.jobName(), lifetime);
                var subscriber = Pools.open(settings.subscriberDb(), settings.jobName(), lifetime)) {
            action.accept(provider, subscriber);
        } catch (SQLException e) {
            throw new IllegalStateException("closing connections", e);
        }
    }

    private static Setting setting(Settings settings, Key key, String role) {
        return new Setting(role, settings.where(key), settings.file(), settings.lockTimeout());
    }
}
