package io.londiste.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.ReplicationFixture;
import io.londiste.watch.History;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import javax.management.JMX;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The MBeans of a replay with its ticker inside, as a client in the same process uses them. */
class JmxIT extends ReplicationFixture {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();
    private MBeans mbeans;
    private Connection lock;

    @BeforeEach
    void start() throws SQLException {
        onBoth("create table a (id int primary key, v text);"
                + "create table b (id int primary key, a int references a);"
                + "create sequence s");
        provider.sql("insert into a select i, 'row ' || i from generate_series(1, 100) i;"
                + "insert into b select i, i from generate_series(1, 50) i");
        job.start();
        lock = subscriber.connect(); // the daemon's
        lock.createStatement().execute("select pg_advisory_lock(hashtext('londiste.replay'), hashtext('job'))");
        mbeans = MBeans.register(job.settings(), new EmbeddedDaemon(job.running()));
    }

    @AfterEach
    void end() throws Exception {
        mbeans.close();
        lock.close();
        job.close();
        assertThat(names("*")).isEmpty();
    }

    private static Set<String> names(String type) throws Exception {
        return SERVER.queryNames(new ObjectName("io.londiste:type=" + type + ",*"), null).stream()
                .map(ObjectName::getCanonicalName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** MBeans appear and disappear when the state of the databases is read, which takes a while on a busy machine. */
    private static void awaitNames(String type, String... names) {
        await(type).untilAsserted(() -> assertThat(names(type)).containsExactly(names));
    }

    private static void awaitTables(int number) {
        await("MBeans of tables").until(() -> names("Table").size() == number);
    }

    private static <T> T proxy(String name, Class<T> type) {
        try {
            return JMX.newMBeanProxy(SERVER, new ObjectName("io.londiste:" + name), type, false);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    private ReplayMBean replay() {
        return proxy("type=Replay,job=job", ReplayMBean.class);
    }

    private ProviderMBean provider() {
        return proxy("type=Provider,job=job", ProviderMBean.class);
    }

    private SubscriberMBean subscriber() {
        return proxy("type=Subscriber,job=job", SubscriberMBean.class);
    }

    private TableMBean table(String name) {
        return proxy("type=Table,job=job,name=" + name, TableMBean.class);
    }

    private void addAll() {
        provider().add("a, b", false);
        subscriber().add("", true, false, false, false, false, "", "", "", "", "", "", "", "", "", "");
        job.awaitOk();
        awaitTables(provider().tables().length);
    }

    /** The comparison of that name, once it has ended. */
    private static ComparisonMBean ended(String name) {
        var comparison = proxy(name.replace("io.londiste:", ""), ComparisonMBean.class);
        await("ended").until(() -> comparison.getEnded() != null);
        return comparison;
    }

    private static List<Object> column(CompositeData[] rows, String item) {
        return Arrays.stream(rows).map(row -> row.get(item)).toList();
    }

    @Test
    void tablesComeWithTheirMBeansAndGo() throws Exception {
        assertThat(names("Table")).isEmpty();

        assertThat(provider().add("a b", false)).containsExactly("Added public.a", "Added public.b");
        assertThat(column(provider().tables(), "name")).containsExactly("public.a", "public.b");
        assertThat(subscriber().add("*", false, false, false, false, true, "", "", "", "", "", "", "", "", "", ""))
                .containsExactly("Added public.a", "Added public.b");

        awaitNames(
                "Table",
                "io.londiste:job=job,name=public.a,type=Table",
                "io.londiste:job=job,name=public.b,type=Table");
        await("ok").until(() -> table("public.a").getState().equals("ok"));
        assertThat(table("public.a").isWritesDenied()).isTrue();
        await("copied").until(() -> table("public.a").getCopiedRows() == 100);
        assertThat(table("public.a").getCopyProgress()).isEqualTo(-1);

        assertThat(table("public.a").remove()).startsWith("Removed public.a"); // and a warning of b's foreign key
        awaitNames("Table", "io.londiste:job=job,name=public.b,type=Table");
        provider().remove("", true);
        await("gone").until(() -> names("Table").isEmpty());
    }

    @Test
    void whatATableIsReplicatedAsIsDeclaredAndShown() throws Exception {
        provider().add("a", false);

        assertThatThrownBy(() -> subscriber()
                        .add("a", false, false, false, false, false, "", "", "", "upper(v)", "", "", "", "", "", ""))
                .hasMessageContaining("set: not of the form COLUMN=EXPRESSION: upper(v)");
        assertThat(subscriber()
                        .add(
                                "a",
                                false,
                                false,
                                false,
                                false,
                                false,
                                "",
                                "id > 50",
                                "id, v",
                                "\nv=upper(v)\n",
                                "",
                                "insert,update",
                                "v:0/1",
                                "",
                                "",
                                ""))
                .containsExactly(
                        "Added public.a: where (id > 50); shard v:0/1; columns id, v; set v = upper(v); ops insert, update");

        awaitNames("Table", "io.londiste:job=job,name=public.a,type=Table");
        await("ok").until(() -> table("public.a").getState().equals("ok"));
        assertThat(table("public.a").getReplicatedAs())
                .isEqualTo("where (id > 50); shard v:0/1; columns id, v; set v = upper(v); ops insert, update");
        assertThat(subscriber.number("select min(id) from a")).isEqualTo(51);
    }

    @Test
    void whatIsAppliedIsCounted() {
        addAll();
        provider.sql(
                "insert into a values (101), (102); update a set v = 'x' where id = 1; delete from b where id = 1");
        subscriber.sql("delete from b where id = 2");
        provider.sql("delete from b where id = 2");
        job.awaitReplay();

        var a = table("public.a");
        assertThat(List.of(a.getInserts(), a.getUpdates(), a.getDeletes(), a.getTruncates(), a.getUnexpectedRows()))
                .containsExactly(2L, 1L, 0L, 0L, 0L);
        assertThat(table("public.b").getUnexpectedRows()).isEqualTo(1);
        assertThat(a.getLastChange()).isNotNull();
        assertThat(replay().getEvents()).isEqualTo(5);
        assertThat(replay().getEventsPerSecond()).isPositive();
        assertThat(replay().getBatches()).isPositive();
        assertThat(replay().getLastBatchEvents()).isPositive();
        await("no lag").until(() -> replay().getLagSeconds() == 0);
        await("the tick is seen").until(() -> replay().getTick() != null);
        assertThat(replay().getTick()).isPositive();
    }

    @Test
    void aPausedReplayAppliesNothingUntilItIsResumed() {
        addAll();

        replay().pause();
        provider.sql("insert into a values (200)");
        provider.sql("select pgq.force_tick('queue')");
        assertThat(replay().getState()).isEqualTo("paused");
        var comparison = ended(subscriber().compare("a", false, false, false, false, "", 0));
        assertThat(comparison.getState()).isEqualTo("failed");
        assertThat(comparison.getError()).startsWith("the replay of job is paused");
        await("seen").until(() -> replay().getError().equals("paused by its operator"));
        assertThat(subscriber.number("select count(*) from a where id = 200")).isZero();

        replay().resume();
        await("a continues").until(() -> subscriber.number("select count(*) from a where id = 200") == 1);
        assertThat(replay().getState()).isEqualTo("running");
    }

    @Test
    void theHistoryIsKeptWhenTheMBeansAreRegisteredAgain() {
        addAll();
        mbeans.close();
        var history = new History();
        mbeans = MBeans.register(job.settings(), new EmbeddedDaemon(job.running()), history);
        await("sampled").until(() -> replay().history().length == 1);
        var sample = replay().history()[0];
        assertThat(sample.get("lagSeconds")).isInstanceOf(Double.class);
        assertThat(List.of(sample.get("inSync"), sample.get("inProgress"), sample.get("stopped")))
                .containsExactly(2, 0, 0);

        mbeans.close();
        mbeans = MBeans.register(job.settings(), new EmbeddedDaemon(job.running()), history);

        assertThat(replay().history()[0].get("time")).isEqualTo(sample.get("time"));
        awaitTables(2);
        assertThat(table("public.a").getLagSeconds()).isNotNull();
        subscriber.sql("update londiste.subscriber_table set reason = 'no' where table_name = 'public.a'");
        await("stopped").until(() -> table("public.a").getReason().equals("no"));
        assertThat(table("public.a").getLagSeconds()).isNull();
    }

    @Test
    void aPausedReplayIsHealthy() {
        addAll();
        replay().pause();
        await("seen").until(() -> replay().getError().equals("paused by its operator"));
        assertThat(mbeans.view().errors()).isEmpty();
        replay().resume();
    }

    @Test
    void routesThatOthersStopAreAnErrorUntilTheyRun() throws Exception {
        addAll();
        var told = new ConcurrentLinkedQueue<Notification>();
        SERVER.addNotificationListener(
                new ObjectName("io.londiste:type=Replay,job=job"),
                (notification, handback) -> told.add(notification),
                notification -> notification.getMessage().contains("route"),
                null);
        assertThat(mbeans.view().errors()).isEmpty();
        var route = new ObjectName("org.apache.camel:context=job-replay,type=routes,name=\"replay\"");

        SERVER.invoke(route, "stop", null, null);

        assertThat(replay().getError())
                .startsWith("route replay is stopped, by Camel's MBeans")
                .contains("undo it there");
        assertThat(mbeans.view().errors()).containsExactly(replay().getError());
        assertThat(mbeans.view().routes()).isEqualTo(mbeans.view().errors());
        await("reported").until(() -> !told.isEmpty());

        SERVER.invoke(route, "start", null, null);
        assertThat(replay().getError()).isEmpty();
        replay().pause();
        SERVER.invoke(route, "start", null, null);
        assertThat(mbeans.view().errors())
                .hasSize(1)
                .first()
                .asString()
                .contains("running although the replay is paused");
        replay().resume();
        assertThat(mbeans.view().errors()).isEmpty();

        SERVER.invoke(route, "stop", null, null);
        SERVER.invoke(route, "remove", null, null);
        assertThat(mbeans.view().errors()).hasSize(1).first().asString().startsWith("route replay is removed");
    }

    @Test
    void differencesAreFoundAndRepaired() throws Exception {
        addAll();
        subscriber.sql("update a set v = 'other' where id = 7");

        var comparison = ended(subscriber().compare("", true, false, false, false, "", 0));
        assertThat(comparison.getState()).as(comparison.getError()).isEqualTo("done");
        assertThat(column(comparison.getResults(), "outcome")).containsExactly("DIFFERENT", "EQUAL");
        assertThat(comparison.getProgress()).isEqualTo(1);
        assertThat(table("public.a").getLastComparison().get("different")).isEqualTo(1L);

        var rows = comparison.differingRows("public.a", 0, 1024);
        assertThat(rows.get("text"))
                .isEqualTo("difference,side,id,v\ndifferent,provider,7,row 7\ndifferent,subscriber,7,other\n");
        assertThat(rows.get("next")).isEqualTo(rows.get("size"));
        assertThat(column(comparison.getResults(), "keptRows")).containsExactly(1L, null);
        assertThatThrownBy(() -> comparison.differingRows("public.b", 0, 1024))
                .hasMessage("no differing rows of public.b are kept");
        assertThatThrownBy(() -> comparison.differingRows("x", 0, 1024)).hasMessageContaining("has no result of x");
        assertThatThrownBy(() -> comparison.statements("public.a", 0, 1024))
                .hasMessageContaining("has written no statements");

        var repair = ended(table("public.a").repair(true, false));
        var written = (String) repair.statements("public.a", 0, 1024).get("text");
        assertThat(written)
                .contains("update only \"public\".\"a\" set \"v\" = 'row 7'")
                .endsWith("commit;\n");
        assertThat(repair.getResults()[0].get("statements")).isEqualTo(1L);
        assertThat(repair.getResults()[0].get("applied")).isEqualTo(true);
        assertThat(subscriber.rows("select v from a where id = 7")).containsExactly("row 7");
        var file = Path.of((String) repair.getResults()[0].get("file"));
        // not the command line's name, nor that of another job's daemon in this directory
        assertThat(file).isEqualTo(Path.of("fix.job.public.a.sql").toAbsolutePath());
        Files.writeString(file, "what another job has written");
        assertThatThrownBy(() -> repair.statements("public.a", 0, 1024))
                .hasMessageContaining("was written again or removed since");
        Files.delete(file);
        assertThatThrownBy(() -> repair.statements("public.a", 0, 1024))
                .hasMessageContaining("was written again or removed since");
        repair.forget();
        assertThat(names("Comparison")).hasSize(1);
    }

    @Test
    void rowsAreOnlyForThoseWhoMayExecuteCommands() throws Exception {
        addAll();
        var name = ended(table("public.a").compare()).getKind();
        var info = SERVER.getMBeanInfo(new ObjectName("io.londiste:type=Comparison,job=job,id=1"));

        assertThat(name).isEqualTo("compare");
        assertThat(info.getOperations())
                .filteredOn(operation -> Set.of("differingRows", "statements").contains(operation.getName()))
                .hasSize(2)
                .allMatch(operation -> operation.getImpact() == MBeanOperationInfo.ACTION);
    }

    @Test
    void statusIsForAll() throws Exception {
        var info = SERVER.getMBeanInfo(new ObjectName("io.londiste:type=Replay,job=job"));

        assertThat(info.getOperations())
                .filteredOn(operation -> Set.of("status", "history", "check").contains(operation.getName()))
                .hasSize(3)
                .allMatch(operation -> operation.getImpact() == MBeanOperationInfo.INFO);
    }

    @Test
    void theCheckIsThatOfTheCommand() {
        var found = replay().check();

        assertThat(column(found, "side")).contains("provider", "subscriber");
        assertThat(column(found, "level")).contains("ok").isSubsetOf("ok", "warning", "problem");
        assertThat(Arrays.stream(found).map(finding -> finding.get("topic") + " " + finding.get("text")))
                .anySatisfy(line -> assertThat(line).startsWith("server PostgreSQL "));

        provider.sql("drop schema londiste cascade");
        assertThat(Arrays.stream(replay().check())
                        .filter(finding -> finding.get("level").equals("problem"))
                        .map(finding -> finding.get("text")))
                .anySatisfy(text -> assertThat((String) text).contains("londiste is not installed"));
    }

    @Test
    void aComparisonIsCancelled() throws Exception {
        addAll();
        try (var held = subscriber.connect()) {
            held.setAutoCommit(false);
            provider.sql("analyze a");
            held.createStatement().execute("lock table a in access exclusive mode");
            var name = subscriber().compare("a", false, false, false, true, "", 1);
            var comparison = proxy(name.replace("io.londiste:", ""), ComparisonMBean.class);
            await("begun").until(() -> comparison.getTotalRows() > 0);
            assertThatThrownBy(comparison::forget).hasMessageContaining("cancel it first");

            comparison.cancel();

            assertThat(comparison.getState()).isEqualTo("cancelled");
            assertThat(comparison.getEnded()).isNotNull();
            assertThat(comparison.getRows()).isLessThan(comparison.getTotalRows());
            comparison.forget();
            assertThat(names("Comparison")).isEmpty();
        }
    }

    @Test
    void moreComparisonsThanMayRunWaitForTheirTurn() throws Exception {
        addAll();
        var all = new ArrayList<ComparisonMBean>();
        try (var held = subscriber.connect()) {
            held.setAutoCommit(false);
            held.createStatement().execute("lock table a in access exclusive mode");
            for (int i = 0; i < 8; i++) {
                all.add(proxy(table("public.a").compare().replace("io.londiste:", ""), ComparisonMBean.class));
            }

            assertThat(all.stream().map(ComparisonMBean::getState))
                    .startsWith("running", "running", "running", "running", "queued")
                    .endsWith("queued");
            assertThat(all.get(5).getStarted()).isNull();
            all.get(5).cancel();
            assertThat(all.get(5).getState()).isEqualTo("cancelled");
        }
        await("ended").until(() -> all.stream().allMatch(each -> each.getEnded() != null));

        all.remove(5);
        assertThat(all).extracting(ComparisonMBean::getState).containsOnly("done");
    }

    @Test
    void anErrorSaysWhatWasDoneBefore() throws Exception {
        addAll();
        try (var held = subscriber.connect()) {
            held.setAutoCommit(false);
            held.createStatement()
                    .execute("select from londiste.subscriber_table where table_name = 'public.b' for update");

            assertThatThrownBy(() -> subscriber().remove("a, b", false))
                    .hasMessageEndingWith("; before that: Removed public.a");
        }
    }

    @Test
    void twoJobsHaveTheirOwn() throws Exception {
        for (var db : new Db[] {provider, subscriber}) {
            db.sql("create table p (id int primary key) partition by range (id);"
                    + "create table p1 partition of p for values from (0) to (100)");
        }
        subscriber.sql("create function f() returns trigger language plpgsql as 'begin return new; end';"
                + "create trigger t after insert on a for each row execute function f();"
                + "create trigger t after insert on p1 for each row execute function f()");
        provider().add("p", false);
        addAll();
        var other = new Job(provider, subscriber, "other, job", "second").start();
        var others = MBeans.register(other.settings(), new EmbeddedDaemon(other.running()));
        try (other;
                others) {
            assertThat(names("Replay"))
                    .containsExactly("io.londiste:job=\"other, job\",type=Replay", "io.londiste:job=job,type=Replay");
            assertThat(proxy("type=Replay,job=\"other, job\"", ReplayMBean.class)
                            .getQueue())
                    .isEqualTo("second");
            await("triggers").until(() -> subscriber().getPendingTriggers() == 2);
            assertThat(proxy("type=Subscriber,job=\"other, job\"", SubscriberMBean.class)
                            .getPendingTriggers())
                    .isZero();
            assertThatThrownBy(() -> MBeans.register(other.settings(), new EmbeddedDaemon(other.running())))
                    .hasMessageContaining("already");
        }
        assertThat(names("Replay")).containsExactly("io.londiste:job=job,type=Replay");
        assertThat(names("Table")).hasSize(3);
    }

    private ConsumerMBean consumer(String queue, String name) throws Exception {
        return proxy("type=Consumer,job=job,queue=" + queue + ",name=" + name, ConsumerMBean.class);
    }

    @Test
    void queuesAndConsumersHaveTheirs() throws Exception {
        var ticker = proxy("type=Ticker,job=job", TickerMBean.class);
        assertThat(ticker.create("mails")).containsExactly("Created queue mails");
        ticker.register("mails", "sender");
        awaitNames("Queue", "io.londiste:job=job,name=mails,type=Queue", "io.londiste:job=job,name=queue,type=Queue");
        var queue = proxy("type=Queue,job=job,name=mails", QueueMBean.class);
        queue.configure("ticker_max_lag", "7 s");
        await("configured").until(() -> queue.getTickerMaxLagSeconds() == 7);
        assertThat(column(ticker.config("mails"), "tickerMaxLagSeconds")).containsExactly(7.0);
        assertThat(column(ticker.status(), "queue")).containsExactly("mails", "queue");

        provider.sql("select londiste.provider_add_table('queue', 'a')");
        ticker.register("queue", "job_copy_public.a");
        ticker.register("queue", "job_copy_to_kafka");
        awaitNames(
                "Consumer",
                "io.londiste:job=job,name=job,queue=queue,type=Consumer",
                "io.londiste:job=job,name=job_copy_public.a,queue=queue,type=Consumer",
                "io.londiste:job=job,name=job_copy_to_kafka,queue=queue,type=Consumer",
                "io.londiste:job=job,name=sender,queue=mails,type=Consumer");
        assertThat(consumer("queue", "job_copy_public.a").getCopyOf()).isEqualTo("job");
        assertThat(consumer("queue", "job_copy_to_kafka").getCopyOf()).isEmpty();
        assertThat(consumer("queue", "job").getCopyOf()).isEmpty();
        consumer("queue", "job_copy_public.a").unregister();
        consumer("queue", "job_copy_to_kafka").unregister();
        provider.sql(
                "select pgq.event_retry_raw('mails', 'sender', 'infinity', n, now(), 1, 'mail', 'text', null, null, null,"
                        + " null) from generate_series(11, 13) as n");
        assertThat(column(ticker.failed("mails", ""), "event")).containsExactly(11L, 12L, 13L);
        assertThatThrownBy(() -> ticker.retry("mails", "sender", "11 x", false))
                .hasMessageContaining("not the number of an event: 11 x");
        assertThat(ticker.discard("mails", "sender", "11, 12", false))
                .containsExactly("Discarded 2 events of sender on queue mails");
        assertThat(ticker.retry("mails", "sender", "", true))
                .containsExactly("Put 1 event of sender into queue mails again");
        assertThat(ticker.failed("mails", "sender")).isEmpty();
        consumer("mails", "sender").unregister();
        ticker.drop("mails");

        awaitNames("Queue", "io.londiste:job=job,name=queue,type=Queue");
        awaitNames("Consumer", "io.londiste:job=job,name=job,queue=queue,type=Consumer");
        provider.sql("select pgq.insert_event('queue', 'x', 'y')");
        await("ticks").until(() -> ticker.getTicks() > 0);
    }

    @Test
    void stateChangesAndErrorsSendNotifications() throws Exception {
        provider().add("a", false);
        subscriber().add("a", false, false, true, false, false, "", "", "", "", "", "", "", "", "", "");
        job.awaitOk();
        awaitTables(1);
        var told = new ConcurrentLinkedQueue<Notification>();
        SERVER.addNotificationListener(
                new ObjectName("io.londiste:type=Table,job=job,name=public.a"),
                (notification, handback) -> told.add(notification),
                null,
                null);

        subscriber.sql("alter table a rename column v to w");
        provider.sql("insert into a values (300, 'x')");

        await("error").until(() -> told.stream()
                .anyMatch(each -> each.getType().equals("io.londiste.error")
                        && ((CompositeData) each.getUserData()).get("place").equals("public.a")));
        assertThat(told.stream()
                        .filter(each -> each.getType().equals("io.londiste.state"))
                        .map(each -> ((CompositeData) each.getUserData()).get("now")))
                .contains("NEW");
        var table = table("public.a");
        assertThat(table.getReason()).isNotEmpty();
        assertThat(table.getLastError()).isNotEmpty();
        assertThat(table.getLastErrorTime()).isNotNull();
        assertThat(column(replay().getRecentErrors(), "place")).contains("public.a");
    }

    @Test
    void statusIsThatOfTheCommandWithTheLastComparisonOfWhicheverProcess() throws Exception {
        addAll();
        await("read").until(() -> "queue".equals(replay().status().get("queue")));
        assertThat(replay().status().get("compared")).isNull();

        subscriber.sql("insert into a values (401)");
        try (var command = new ComparisonRoutes(job.settings())) {
            command.compare();
        }

        await("compared").untilAsserted(() -> assertThat(replay().status().get("different"))
                .isEqualTo(1L));
        var status = replay().status();
        assertThat(status.get("compared")).isInstanceOf(Date.class);
        assertThat((Boolean) status.get("ok")).isFalse();
        assertThat(String.join("\n", (String[]) status.get("problems")))
                .contains("table public.a differs from the provider's, rows missing: 0, extra: 1, different: 0");
        assertThat(table("public.a").getLastComparison().get("outcome")).isEqualTo("DIFFERENT");
        assertThat(replay().getConsoles()).isEmpty();

        subscriber().resync("a", false);
        await("forgotten").untilAsserted(() -> assertThat(replay().status().get("different"))
                .isEqualTo(0L));
    }

    @Test
    void aLagOverItsLimitIsReportedOnce() throws Exception {
        addAll();
        var told = new ConcurrentLinkedQueue<Notification>();
        SERVER.addNotificationListener(
                new ObjectName("io.londiste:type=Replay,job=job"),
                (notification, handback) -> told.add(notification),
                notification -> notification.getType().equals("io.londiste.lag"),
                null);
        assertThat(replay().getLagLimitSeconds()).isEqualTo(60);
        replay().setLagLimitSeconds(0.5);
        replay().pause();
        provider.sql("insert into a values (400)");

        await("reported").until(() -> !told.isEmpty());
        await("checked again").until(() -> replay().getLagSeconds() > 5);

        assertThat(told).hasSize(1);
        assertThat((Double) ((CompositeData) told.element().getUserData()).get("lagSeconds"))
                .isGreaterThan(0.5);
        assertThatThrownBy(() -> replay().setLagLimitSeconds(-1)).hasMessageContaining("found -1.0");
    }

    @Test
    void errorsAreInWordsAndNothingIsSecret() throws Exception {
        assertThatThrownBy(() ->
                        subscriber().add("", false, false, false, false, false, "", "", "", "", "", "", "", "", "", ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no name given; set all to select all of them");
        assertThatThrownBy(() -> provider().add("nosuch", false)).hasMessageContaining("no such table: public.nosuch");
        assertThat(provider().getDatabase()).contains(provider.name()).doesNotContain(provider.password());
        for (var name : SERVER.queryNames(new ObjectName("io.londiste:*"), null)) {
            for (var attribute : SERVER.getMBeanInfo(name).getAttributes()) {
                assertThat(String.valueOf(SERVER.getAttribute(name, attribute.getName())))
                        .doesNotContain(provider.password());
                assertThat(attribute.getDescription()).isNotEqualTo(attribute.getName());
            }
        }
    }
}
