package io.londiste.console;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.ObjectName;

/** The MBeans of a job that does not run: as many tables as wanted, in all states. */
final class FakeJob implements AutoCloseable {
    private static final String JOB = ",job=shop_copy";
    private static final List<String> STATES =
            List.of("ok", "ok", "ok", "ok", "ok", "ok", "in-copy", "catching-up", "NEW", "do-sync:4711");

    private static final List<Map<String, Object>> FINDINGS = List.of(
            finding("provider", "server", "ok", "PostgreSQL 15.19"),
            finding(
                    "provider",
                    "rights",
                    "problem",
                    "role londiste lacks SELECT on shop.order (GRANT SELECT ON shop.order TO \"lon diste\")"),
            finding(
                    "subscriber",
                    "clock",
                    "warning",
                    "the server's clock is 12.3 s behind this machine's: synchronise both"));

    final Map<String, Object> replay = new HashMap<>(
            Map.of("Job", "shop_copy", "Queue", "londiste.replika", "IniFile", "/etc/londiste/the shop's copy.ini"));

    /** Has the commands of whose execution a test wants to know. */
    final FakeBean provider =
            new FakeBean(new HashMap<>(Map.of("Database", "shop at db1:5432", "ServerVersion", "15.19", "Error", "")));

    final FakeBean subscriber = new FakeBean(new HashMap<>(Map.of(
            "Database", "shop_copy at db2:5432",
            "ServerVersion", "18.6",
            "Error", "",
            "PendingForeignKeys", 2L,
            "PendingTriggers", 1L)));

    FakeJob(int tables) throws JMException {
        replay.putAll(Map.of(
                "Consumer",
                "shop_copy",
                "State",
                "running",
                "Error",
                "",
                "RecentErrors",
                List.of(),
                "Since",
                new Date(System.currentTimeMillis() - 86_000_000),
                "Tick",
                4711L,
                "LagSeconds",
                0.14,
                "LagLimitSeconds",
                60.0,
                "Batches",
                88_123L));
        replay.putAll(Map.of(
                "Events",
                1_234_567L,
                "EventsPerSecond",
                312.4,
                "LastBatchEvents",
                55L,
                "LastBatchSeconds",
                0.026,
                "Version",
                "0.1.0"));
        replay.put("Consoles", List.of("http://127.0.0.1:8779/", "https://console.example.org/shop/"));
        new FakeBean(replay)
                .with("history", 0, arguments -> IntStream.range(0, 1_440)
                        .mapToObj(FakeJob::sample)
                        .toList())
                .with("status", 0, arguments -> status(tables))
                .with("check", 0, arguments -> FINDINGS)
                .register("io.londiste:type=Replay" + JOB);
        provider.with("tables", 0, arguments -> List.of())
                .with("candidates", 0, arguments -> candidates(12))
                .with("sequences", 0, arguments -> List.of(sequence(Long.MAX_VALUE)))
                .register("io.londiste:type=Provider" + JOB);
        subscriber
                .with(
                        "foreignKeys",
                        1,
                        arguments -> List.of(foreignKey("item_order_fkey"), foreignKey("item_product_fkey")))
                .with("sequences", 0, arguments -> List.of(sequence(Long.MAX_VALUE - 1)))
                .with(
                        "check",
                        0,
                        arguments -> List.of(Map.of(
                                "name", "shop.order",
                                "severity", "note",
                                "problem", "column \"note\" is only on the subscriber")))
                .with(
                        "triggers",
                        1,
                        arguments -> List.of(
                                Map.of(
                                        "status", "pending",
                                        "tableName", "shop.customer",
                                        "triggerName", "mail_them",
                                        "triggerDef",
                                                "CREATE TRIGGER mail_them AFTER INSERT ON shop.customer EXECUTE FUNCTION mail()")))
                .register("io.londiste:type=Subscriber" + JOB);
        queue();
        comparisons();
        for (int i = 0; i < tables; i++) {
            table(i);
        }
    }

    /** Tables that can be added, half of them registered, and two that cannot be added as they are. */
    static List<Map<String, Object>> candidates(int number) {
        var candidates = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < number; i++) {
            var table = new HashMap<String, Object>(
                    Map.of("name", "shop.new_" + i, "registered", i % 2 == 0, "avoidable", false));
            table.put("problem", null);
            candidates.add(table);
        }
        candidates.add(
                Map.of("name", "shop.audit", "registered", false, "avoidable", false, "problem", "no primary key"));
        candidates.add(Map.of(
                "name",
                "shop.stock",
                "registered",
                true,
                "avoidable",
                true,
                "problem",
                "the subscriber's table has no column note"));
        return candidates;
    }

    private static Map<String, Object> finding(String side, String topic, String level, String text) {
        return Map.of("side", side, "topic", topic, "level", level, "text", text);
    }

    /** A sequence whose values on the two sides differ by less than what numbers of JavaScript can tell apart. */
    private static Map<String, Object> sequence(long lastValue) {
        return Map.of(
                "name",
                "shop.order_id_seq",
                "lastValue",
                lastValue,
                "isCalled",
                true,
                "providerLastValue",
                Long.MAX_VALUE,
                "providerIsCalled",
                true);
    }

    /** One of the last six hours: a peak of the lag, and some minutes in which nothing was known. */
    private static Map<String, Object> sample(int number) {
        var sample = new HashMap<String, Object>(Map.of(
                "time",
                Instant.now().minusSeconds((1_440 - number) * 15L).toString(),
                "eventsPerSecond",
                300 + 100 * Math.sin(number / 60.0),
                "inSync",
                6,
                "inProgress",
                number < 400 ? 4 : 2,
                "stopped",
                number % 200 < 20 ? 2 : 0));
        sample.put("lagSeconds", number > 900 && number < 960 ? null : number > 600 && number < 700 ? 20.0 : 0.2);
        return sample;
    }

    private static Map<String, Object> status(int tables) {
        var status = new HashMap<String, Object>(Map.of(
                "ok",
                false,
                "problems",
                List.of("table shop.item_7 differs from the provider's, rows missing: 1, extra: 0, different: 0"
                        + " (compared 2026-11-29T03:00:00Z)"),
                "paused",
                false,
                "lastTickSeconds",
                0.05,
                "newEvents",
                12L,
                "queueBytes",
                4_711_000L,
                "tables",
                List.of(Map.of("state", "ok", "count", tables)),
                "equal",
                3L,
                "different",
                1L));
        status.put("compared", Instant.now().toString());
        status.put("replay", "shop_copy (process 4711 on db2) from 10.1.2.3, backend 815");
        status.put("slowest", "reports");
        status.put("slowestLagSeconds", 86_400.0);
        status.put("savedForeignKeys", 2L);
        status.put("savedTriggers", 1L);
        return status;
    }

    private static Map<String, Object> foreignKey(String name) {
        return Map.of(
                "status", "pending",
                "fromTable", "shop.item",
                "toTable", "shop.order",
                "fkeyName", name,
                "fkeyDef",
                        "alter table only shop.item add constraint " + name
                                + " FOREIGN KEY (order_id) REFERENCES shop.\"order\"(id) ON DELETE CASCADE",
                "reason", "rows of shop.item violate it: shop.order has no (4711)");
    }

    private void queue() throws JMException {
        var settings = new HashMap<String, Object>(Map.of("TickerPaused", false, "ExternalTicker", false));
        settings.putAll(Map.of(
                "Name",
                "londiste.replika",
                "EventTables",
                3L,
                "RotationPeriodSeconds",
                7200.0,
                "TickerMaxCount",
                500L,
                "TickerMaxLagSeconds",
                0.1,
                "TickerIdlePeriodSeconds",
                60.0,
                "TickerLagSeconds",
                0.05,
                "EventsPerSecond",
                312.0,
                "NewEvents",
                12L,
                "LastTick",
                4712L));
        new FakeBean(settings).register("io.londiste:type=Queue" + JOB + ",name=londiste.replika");
        new FakeBean(new HashMap<>(Map.of(
                        "Name",
                        "shop_copy",
                        "Queue",
                        "londiste.replika",
                        "LagSeconds",
                        0.14,
                        "LastSeenSeconds",
                        0.1,
                        "LastTick",
                        4711L,
                        "PendingEvents",
                        12L,
                        "CopyOf",
                        "")))
                .register("io.londiste:type=Consumer" + JOB + ",queue=londiste.replika,name=shop_copy");
    }

    private static void comparisons() throws JMException {
        var started = new Date(System.currentTimeMillis() - 95_000);
        var running = new HashMap<String, Object>(Map.of(
                "Id",
                2L,
                "Kind",
                "compare",
                "State",
                "running",
                "Started",
                started,
                "Rows",
                1_250_000L,
                "TotalRows",
                2_000_000L,
                "Progress",
                0.625,
                "Error",
                "",
                "Results",
                List.of()));
        running.put("Ended", null);
        new FakeBean(running).register("io.londiste:type=Comparison" + JOB + ",id=2");
        var differs = new HashMap<>(comparison(true));
        differs.put("table", "shop.order_0");
        var equal = new HashMap<>(comparison(false));
        equal.put("table", "shop.customer_1");
        new FakeBean(new HashMap<>(Map.of(
                        "Id",
                        1L,
                        "Kind",
                        "compare",
                        "State",
                        "done",
                        "Started",
                        started,
                        "Ended",
                        new Date(),
                        "Rows",
                        40_000L,
                        "TotalRows",
                        40_000L,
                        "Progress",
                        1.0,
                        "Error",
                        "",
                        "Results",
                        List.of(equal, differs))))
                .register("io.londiste:type=Comparison" + JOB + ",id=1");
    }

    private void table(int i) throws JMException {
        var name = "shop."
                + List.of("order", "customer", "item", "payment", "event_log_of_the_warehouse")
                        .get(i % 5) + "_" + i;
        var state = STATES.get(i % STATES.size());
        boolean copying = state.equals("in-copy");
        boolean stopped = i % 50 == 17;
        var attributes = new HashMap<String, Object>(Map.of(
                "Name", name,
                "State", state,
                "Reason",
                        stopped
                                ? "column \"note\" is only on the provider; add it: alter table " + name
                                        + " add column note text"
                                : "",
                "CopyStep", copying ? "rows" : "",
                "CopiedRows", copying ? 1_200_000L * (i % 7) : 0L,
                "CopyTotalRows", copying ? 9_000_000L : 0L,
                "CopiedBytes", copying ? 130_000_000L * (i % 7) : 0L,
                "CopyProgress", copying ? i % 7 / 7.5 : -1.0));
        attributes.putAll(Map.of(
                "Inserts",
                1000L * i,
                "Updates",
                77L * i,
                "Deletes",
                3L * i,
                "Truncates",
                0L,
                "UnexpectedRows",
                i % 40 == 3 ? 4L : 0L,
                "LastError",
                "",
                "WritesDenied",
                i % 3 == 0));
        attributes.put("ReplicatedAs", i % 4 == 1 ? "where (country = 'DE'::text); columns id, country, email" : "");
        attributes.put("LastErrorTime", null);
        attributes.put("LastChange", new Date(System.currentTimeMillis() - 1000L * i));
        attributes.put("LastComparison", i % 4 == 0 ? comparison(i % 20 == 0) : null);
        new FakeBean(attributes).register("io.londiste:type=Table" + JOB + ",name=" + name);
    }

    private static Map<String, Object> comparison(boolean different) {
        return Map.of(
                "time", new Date(System.currentTimeMillis() - 3_600_000),
                "outcome", different ? "DIFFERENT" : "EQUAL",
                "providerRows", 20_000L,
                "subscriberRows", different ? 19_998L : 20_000L,
                "missing", different ? 3L : 0L,
                "extra", different ? 1L : 0L,
                "different", different ? 2L : 0L,
                "note", "");
    }

    @Override
    public void close() throws JMException {
        var server = ManagementFactory.getPlatformMBeanServer();
        for (var name : server.queryNames(new ObjectName("io.londiste:*" + JOB), null)) {
            server.unregisterMBean(name);
        }
    }
}
