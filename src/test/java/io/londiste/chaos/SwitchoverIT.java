package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import io.londiste.test.SteadyWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writers move from the provider to the subscriber, whatever happened to the replay before. */
@ExtendWith(PostgresPair.class)
class SwitchoverIT {
    private static final Logger LOG = LoggerFactory.getLogger(SwitchoverIT.class);

    private static final String TABLE = """
            create sequence backwards as integer increment -1;
            create sequence reserved increment 3 cache 20;
            create table orders (id bigserial primary key, ticket bigint not null unique default nextval('reserved'),
              debt int not null unique default nextval('backwards'), side text not null);
            """;

    private static final String VALUES = "select id.last_value, id.is_called, ticket.last_value, ticket.is_called,"
            + " debt.last_value, debt.is_called, (select count(*) from orders)"
            + " from orders_id_seq as id, reserved as ticket, backwards as debt";

    private static final String WRITE = "insert into orders (side) values ('%s'); select pg_sleep(0.003)";

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void noValueIsHandedOutTwiceHoweverOftenTheReplayWasKilled(
            @Provider Db provider, @Subscriber Db subscriber, @TempDir Path directory) throws Exception {
        LOG.info("-Dchaos.seed={}", seed);
        provider.sql(TABLE);
        subscriber.sql(TABLE);
        var job = new Job(provider, subscriber).add("orders");
        for (var sequence : new String[] {"orders_id_seq", "backwards", "reserved"}) {
            provider.sql("select londiste.provider_add_seq('queue', ?)", sequence);
            subscriber.sql("select londiste.subscriber_add_seq('queue', ?)", sequence);
        }
        var ini = Files.writeString(directory.resolve("conf.ini"), job.ini());

        try (var replay = DaemonProcess.replay(ini)) {
            try (var writers = new SteadyWriter(provider, 2, WRITE.formatted("provider"))) {
                for (int i = 0; i < 4; i++) {
                    replay.start();
                    replay.awaitStart();
                    if (i == 0) {
                        job.awaitOk();
                    }
                    replay.run(random.nextInt(1000));
                    replay.kill();
                    assertNeverBehind(subscriber);
                    writers.await(20);
                }
                replay.start();
                replay.awaitStart();
            }
            job.awaitReplay();
            replay.kill();
        }
        assertThat(subscriber.sql(VALUES)).as("seed %d", seed).isEqualTo(provider.sql(VALUES));

        try (var writers = new SteadyWriter(subscriber, 2, WRITE.formatted("subscriber"))) {
            writers.await(200);
        }
        assertThat(subscriber.sql("""
                        select min(id) filter (where side = 'subscriber') > max(id) filter (where side = 'provider'),
                          min(ticket) filter (where side = 'subscriber') > max(ticket) filter (where side = 'provider'),
                          max(debt) filter (where side = 'subscriber') < min(debt) filter (where side = 'provider') from orders
                        """)).isEqualTo("t|t|t");
    }

    private void assertNeverBehind(Db subscriber) {
        assertThat(subscriber.sql("""
                        select coalesce(max(id), 0) <= (select last_value from orders_id_seq),
                          coalesce(max(ticket), 0) <= (select last_value from reserved),
                          coalesce(min(debt), 0) >= (select last_value from backwards) from orders
                        """)).as("seed %d", seed).isEqualTo("t|t|t");
    }
}
