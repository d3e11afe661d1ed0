package io.londiste.pgq;

import static org.awaitility.Awaitility.await;

import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A queue q in a database of its own, and Camel, whose routes report in {@link #received} what they read. */
@ExtendWith(PostgresPair.class)
public abstract class QueueFixture {
    protected final CamelContext camel = new DefaultCamelContext();
    protected final BlockingQueue<List<String>> received = new LinkedBlockingQueue<>();
    protected Db db;
    protected PgqClient client;

    @BeforeEach
    protected void install(@Provider Db db) throws Exception {
        this.db = db;
        new Installer(db.dataSource()).installPgq();
        client = new PgqClient(db.dataSource());
        client.createQueue("q");
        camel.getRegistry().bind("db", db.dataSource());
        camel.start();
    }

    @AfterEach
    protected void stop() {
        camel.stop();
    }

    /** Inserts events of type t, in one transaction. */
    protected void insert(String... data) throws Exception {
        client.insert("q", List.of(data).stream().map(d -> Event.of("t", d)).toList());
    }

    protected void tick() throws Exception {
        client.forceTick("q");
        client.ticker();
    }

    protected static List<String> data(Iterable<Event> events) {
        List<String> data = new ArrayList<>();
        events.forEach(event -> data.add(event.data()));
        return data;
    }

    /** What a route has reported next; null if it reports nothing. */
    protected List<String> nextReceived() throws InterruptedException {
        return received.poll(20, TimeUnit.SECONDS);
    }

    protected void awaitRegistered() {
        await().until(() -> client.position("q", "c").isPresent());
    }

    /** Waits until consumer c has finished everything up to the last tick. */
    protected void awaitDone() throws Exception {
        long last = client.lastTick("q").orElseThrow().id();
        await().until(() -> client.position("q", "c").orElseThrow() == last);
    }
}
