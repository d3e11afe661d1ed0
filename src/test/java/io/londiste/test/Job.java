package io.londiste.test;

import io.londiste.Application;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.schema.Installer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;

/** A replication job between two databases of a test, its replay and ticker inside this process. */
public final class Job implements AutoCloseable {
    private final Db provider;
    private final Db subscriber;
    private final Map<String, String> settings = new HashMap<>();
    private Application running;

    /** A job between databases on which nothing is installed yet; installs both and makes the queue. */
    public Job(Db provider, Db subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        settings.put("job_name", "job");
        settings.put("provider_db", provider.libpq());
        settings.put("subscriber_db", subscriber.libpq());
        settings.put("pgq_queue_name", "queue");
        settings.put("embedded_ticker", "1");
        settings.put("loop_delay", "0.2");
        new Installer(provider.dataSource()).installPgq();
        new Installer(provider.dataSource()).installLondisteProvider();
        new Installer(subscriber.dataSource()).installLondisteSubscriber();
        provider.sql("select pgq.create_queue('queue'), pgq.set_queue_config('queue', 'ticker_max_lag', '50 ms')");
    }

    /** Sets a key of the INI file, before the replay starts. */
    public Job with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    public Settings settings() {
        return Settings.of(Section.LONDISTE, settings);
    }

    /** Starts the replay. */
    public Job start() {
        running = Application.replay(settings());
        running.start();
        return this;
    }

    /** Stops the replay as {@code -s} does. */
    public void stop() {
        running.stop();
        running = null;
    }

    public Application running() {
        return Objects.requireNonNull(running, "the replay does not run");
    }

    /** Registers tables on both sides. */
    public Job add(String... tables) {
        for (String table : tables) {
            provider.sql("select londiste.provider_add_table('queue', ?)", table);
            subscriber.sql("select londiste.subscriber_add_table('queue', ?)", table);
        }
        return this;
    }

    /** The states of all tables, in the order in which they were added. */
    public List<String> states() {
        return subscriber.rows("select coalesce(merge_state, 'NEW') from londiste.subscriber_table order by nr");
    }

    /** Returns when all tables are ok. */
    public Job awaitOk() {
        Awaitility.await("all tables ok").atMost(Duration.ofSeconds(60)).until(() -> states().stream()
                .allMatch("ok"::equals));
        return this;
    }

    /** Returns when what was committed on the provider until now is on the subscriber. */
    public Job awaitReplay() {
        long after = provider.number("select txid_current()");
        provider.sql("select pgq.force_tick('queue')");
        Awaitility.await("a tick after transaction " + after)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> provider.number(
                                "select count(*) from pgq.tick where txid_visible_in_snapshot(?, tick_snapshot)", after)
                        > 0);
        long tick = lastTick();
        Awaitility.await("the replay at tick " + tick)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> subscriber.number(
                                "select coalesce(max(last_tick_id), 0) from londiste.completed where consumer_id = 'job'")
                        >= tick);
        return this;
    }

    private long lastTick() {
        return provider.number("select max(tick_id) from pgq.tick");
    }

    @Override
    public void close() {
        if (running != null) {
            stop();
        }
    }
}
