package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.jmx.JmxClient;
import io.londiste.test.Db;
import io.londiste.test.TcpProxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Takes away what a replay needs, one after the other. Each time all displays agree on what is wrong, tables that it does
 * not concern continue, and everything is in sync when the cause has gone, without further work.
 *
 * <p>Memory is missing in {@code LargeRowsIT}, the host of the replay in {@code PoolsIT}.
 */
class TroublesIT extends DaemonFixture {
    private static final Pattern ADDRESS = Pattern.compile("Metrics at (http://\\S+)");
    private static final String REPLAY = "type=Replay,job=job";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient client = HttpClient.newHttpClient();
    private TcpProxy toProvider;
    private TcpProxy toSubscriber;
    private JmxClient beans;
    private int id = 10;

    @BeforeEach
    void replicateTwoTables() throws Exception {
        toProvider = provider.proxy();
        toSubscriber = subscriber.proxy();
        Path ini = directory.resolve("conf.ini");
        Files.writeString(
                ini,
                Files.readString(ini)
                        .replace(provider.libpq(), provider.libpq(toProvider))
                        .replace(subscriber.libpq(), subscriber.libpq(toSubscriber)));
        Path password = Files.writeString(directory.resolve("jmx.password"), "operator secret\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(directory.resolve("jmx.access"), "operator readwrite\n");
        Files.createDirectory(directory.resolve("routes"));
        int port = JmxClient.freePort();
        set("conf.ini", """
                metrics = 127.0.0.1:0
                routes = routes
                jmx = %d
                jmx_password_file = jmx.password
                jmx_access_file = jmx.access""".formatted(port));
        for (var db : new Db[] {provider, subscriber}) {
            db.sql("create table one (id int primary key, v text); create table other (id int primary key, v text)");
        }
        shell.install();
        shell.add("one");
        shell.add("other");
        shell.succeed("pgqadm -d ticker.ini ticker");
        shell.succeed("londiste -d conf.ini replay");
        beans = JmxClient.connect(port, "operator", "secret");
        awaitHealthy();
    }

    @AfterEach
    void closeBeans() throws Exception {
        beans.close();
    }

    private String get(String page) throws Exception {
        var address = ADDRESS.matcher(shell.log("job")).results().findFirst().orElseThrow();
        var uri = URI.create(address.group(1)).resolve(page);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    /** Everything is in sync: a new row of each table arrives, and nothing is wrong. */
    private void awaitHealthy() {
        int newest = ++id;
        provider.sql("insert into one values (?, 'late')", newest);
        provider.sql("insert into other values (?, 'late')", newest);
        await("both tables in sync").atMost(PATIENCE).untilAsserted(() -> {
            for (String table : new String[] {"one", "other"}) {
                String rows = "select string_agg(t::text, ' ' order by id) from " + table + " t";
                assertThat(subscriber.sql(rows)).isEqualTo(provider.sql(rows));
            }
            assertThat(get("/health")).contains("\"status\":\"UP\"", "\"problems\":[]", "\"tables\":[]");
            assertThat(get("/metrics")).contains("londiste_daemon_error{job=\"job\"} 0.0\n");
            assertThat(beans.get(REPLAY, "Error")).isEqualTo("");
            assertThat(tables().err()).isEmpty();
        });
    }

    private Terminal.Result tables() {
        return new Terminal(directory).londiste(directory.resolve("conf.ini").toString(), "subscriber", "tables");
    }

    /** A reason that concerns all tables is on every display. */
    private void awaitAllSay(String reason) {
        await(reason).atMost(PATIENCE).untilAsserted(() -> {
            assertThat(get("/health")).contains("\"status\":\"DOWN\"").contains(reason);
            assertThat(get("/metrics")).contains("londiste_daemon_error{job=\"job\"} 1.0\n");
            assertThat((String) beans.get(REPLAY, "Error")).contains(reason);
        });
    }

    private void awaitTablesSay(String reason) {
        await(reason).atMost(PATIENCE).untilAsserted(() -> assertThat(tables().err())
                .contains(reason));
    }

    /** One table is stopped with the reason on every display, and the other one continues. */
    private void awaitOneStops(String reason) {
        int newest = ++id;
        provider.sql("insert into other values (?, 'continues')", newest);
        await(reason).atMost(PATIENCE).untilAsserted(() -> {
            assertThat(subscriber.number("select count(*) from other where id = " + newest))
                    .isEqualTo(1);
            assertThat(get("/health"))
                    .contains("\"status\":\"DOWN\"", "public.one is stopped: ")
                    .contains(reason);
            assertThat(get("/metrics"))
                    .contains("londiste_table_stopped{job=\"job\",table=\"public.one\"} 1.0\n")
                    .contains("londiste_table_stopped{job=\"job\",table=\"public.other\"} 0.0\n");
            assertThat((String) beans.get("type=Table,job=job,name=public.one", "Reason"))
                    .contains(reason);
        });
        assertThat(tables().out().replaceAll("\\s+", " ")).contains(reason);
    }

    @Test
    void theServers() {
        for (TcpProxy proxy : new TcpProxy[] {toProvider, toSubscriber}) {
            proxy.down();
            awaitAllSay("connection");
            awaitTablesSay("connection");
            proxy.up();
            awaitHealthy();
        }
    }

    @Test
    void theTicker() throws Exception {
        shell.succeed("pgqadm -k ticker.ini");
        provider.sql("insert into one values (1, 'waits')");
        awaitAllSay("pgqadm -d ticker.ini ticker");
        awaitTablesSay("The replay cannot continue: its process reports: events of queue");
        shell.succeed("pgqadm -d ticker.ini ticker");
        awaitHealthy();
    }

    @Test
    void aRunningRoute() throws Exception {
        var route = new ObjectName("org.apache.camel:context=job-replay,type=routes,name=\"replay\"");
        beans.invoke(route, "stop");
        awaitAllSay("route replay is stopped");
        awaitTablesSay("The replay cannot continue: its process reports: route replay is stopped");
        assertThat(new Terminal(directory)
                        .londiste(directory.resolve("conf.ini").toString(), "status")
                        .out())
                .contains("the replay reports: route replay is stopped");
        beans.invoke(route, "start");
        awaitHealthy();
    }

    @Test
    void theReplay() throws Exception {
        beans.invoke(REPLAY, "pause");
        awaitTablesSay("WARN: The replay cannot continue: paused by its operator\n");
        shell.succeed("londiste -k conf.ini");
        assertThat(tables().err())
                .isEqualTo("WARN: No replay of job runs; start it with: londiste -d " + directory.resolve("conf.ini")
                        + " replay\n");
        shell.succeed("londiste -d conf.ini replay");
        await("recorded no more").untilAsserted(() -> assertThat(tables().err()).isEmpty());
    }

    @Test
    void theRoomOnTheSubscribersDisk() {
        subscriber.sql("""
                create function full_disk() returns trigger language plpgsql as $$
                  begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
                create trigger full_disk before insert or update on londiste.completed
                  for each row execute function full_disk()""");
        provider.sql("insert into one values (1, 'waits')");
        awaitAllSay("No space left on device");
        subscriber.sql("drop function full_disk() cascade");
        awaitHealthy();
    }

    /** A tick of an hour to come: afterwards the clock was set back. */
    @Test
    void theRightTime() {
        provider.sql("""
                select pgq._lock_ticks(queue_id) from pgq.queue;
                select pgq._insert_tick(queue_id, queue_name, nextval(queue_tick_seq::regclass), now() + interval '1 hour',
                  pg_sequence_last_value(queue_event_seq::regclass)) from pgq.queue""");
        awaitHealthy();
        assertThat(provider.number("select count(*) from pgq.tick where tick_time < now() and tick_id >"
                        + " (select tick_id from pgq.tick where tick_time > now())"))
                .isPositive();
    }

    @Test
    void aLock() throws Exception {
        try (Connection holder = subscriber.connect();
                var statement = holder.createStatement()) {
            statement.execute("begin; lock table one in share mode");
            provider.sql("insert into one values (1, 'waits')");
            awaitOneStops("no lock within 2 s, held by pid ");
        }
        awaitHealthy();
    }

    @Test
    void aRowThatFits() {
        subscriber.sql("alter table one add constraint short check (length(v) < 6)");
        provider.sql("insert into one values (1, 'too long')");
        awaitOneStops("violates check constraint");
        subscriber.sql("alter table one drop constraint short");
        awaitHealthy();
    }

    private Object oldestSample() throws Exception {
        return ((CompositeData[]) beans.invoke(REPLAY, "history"))[0].get("time");
    }

    @Test
    void aRouteThatCanBeRead() throws Exception {
        Path route = Files.writeString(directory.resolve("routes/extra.camel.yaml"), "- route: {from: nothing");
        var reload = shell.type("londiste -r conf.ini");
        assertThat(reload.code()).isEqualTo(1);
        assertThat(reload.said()).contains("extra.camel.yaml");
        awaitHealthy(); // with the routes that it had
        Files.delete(route);
        var oldest = oldestSample();
        shell.succeed("londiste -r conf.ini");
        awaitHealthy();
        assertThat(oldestSample()).as("the history after a reload").isEqualTo(oldest);
    }
}
