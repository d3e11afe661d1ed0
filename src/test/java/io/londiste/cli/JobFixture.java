package io.londiste.cli;

import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A job's INI file between two databases of the test, on which nothing is installed yet, and where its commands are typed. */
@ExtendWith(PostgresPair.class)
abstract class JobFixture {
    @TempDir
    Path directory;

    Terminal terminal;
    Db provider;
    Db subscriber;
    String config;

    @BeforeEach
    final void makeJob(@Provider Db provider, @Subscriber Db subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        terminal = new Terminal(directory);
        config = terminal.job(provider, subscriber);
    }

    final void onBoth(String sql) {
        provider.sql(sql);
        subscriber.sql(sql);
    }

    final void install() {
        terminal.ok(config, "provider", "install");
        terminal.ok(config, "subscriber", "install");
    }
}
