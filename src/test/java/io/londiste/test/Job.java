package io.londiste.test;

import io.londiste.app.Application;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.schema.Installer;
import io.londiste.subscriber.Subscriber;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A replication job between two databases of a test, its replay and ticker inside this process. */
public final class Job implements AutoCloseable {
    private final Db provider;
    private final Db subscriber;
    private final Map<String, String> settings = new HashMap<>();
    private Application running;

    /** The job {@code job} with the queue {@code queue}; installs what is not there yet in both databases. */
    public Job(Db provider, Db subscriber) {
        this(provider, subscriber, "job", "queue");
    }

    /** A job; installs what is not there yet in both databases, and makes the queue. */
    public Job(Db provider, Db subscriber, String name, String queue) {
        this.provider = provider;
        this.subscriber = subscriber;
        settings.put("job_name", name);
        settings.put("provider_db", provider.libpq());
        settings.put("subscriber_db", subscriber.libpq());
        settings.put("pgq_queue_name", queue);
        settings.put("embedded_ticker", "1");
        settings.put("loop_delay", "0.2");
        new Installer(provider.dataSource()).installPgq();
        new Installer(provider.dataSource()).installLondisteProvider();
        new Installer(subscriber.dataSource()).installLondisteSubscriber();
        provider.sql("select pgq.create_queue(?)", queue);
        provider.sql("select pgq.set_queue_config(?, 'ticker_max_lag', '50 ms')", queue);
    }

    /** Sets a key of the INI file, before the replay starts. */
    public Job with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    public Settings settings() {
        return Settings.of(Section.LONDISTE, settings);
    }

    /** The job's INI file. */
    public String ini() {
        return settings.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + entry.getValue())
                .collect(Collectors.joining("\n", "[londiste]\n", "\n"));
    }

    /** Starts the replay. */
    public Job start() {
        // as the program does before it starts: what is committed from here on is replayed
        Subscriber.connected(settings(), Subscriber::register);
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
            provider.sql("select londiste.provider_add_table(?, ?)", queue(), table);
            subscriber.sql("select londiste.subscriber_add_table(?, ?)", queue(), table);
        }
        return this;
    }

    /** The states of all tables, in the order in which they were added. */
    public List<String> states() {
        return subscriber.rows(
                "select coalesce(merge_state, 'NEW') from londiste.subscriber_table where queue_name = ? order by nr",
                queue());
    }

    /** Returns when all tables are ok. */
    public Job awaitOk() {
        Awaitility.await("all tables ok").until(() -> states().stream().allMatch("ok"::equals));
        return this;
    }

    /** Returns when what was committed on the provider until now is on the subscriber. */
    public Job awaitReplay() {
        long after = provider.number("select txid_current()");
        provider.sql("select pgq.force_tick(?)", queue());
        Awaitility.await("a tick after transaction " + after)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> provider.number(
                                "select count(*) from pgq.tick join pgq.queue on queue_id = tick_queue"
                                        + " where txid_visible_in_snapshot(?, tick_snapshot) and queue_name = ?",
                                after,
                                queue())
                        > 0);
        long tick = provider.number(
                "select max(tick_id) from pgq.tick join pgq.queue on queue_id = tick_queue where queue_name = ?",
                queue());
        // the batch is finished last, when its rows are committed and what was done is counted
        Awaitility.await("the replay at tick " + tick)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> provider.number(
                                "select coalesce(max(last_tick), 0) from pgq.get_consumer_info(?, ?)",
                                queue(),
                                settings.get("job_name"))
                        >= tick);
        return this;
    }

    private String queue() {
        return settings.get("pgq_queue_name");
    }

    @Override
    public void close() {
        if (running != null) {
            stop();
        }
    }
}
