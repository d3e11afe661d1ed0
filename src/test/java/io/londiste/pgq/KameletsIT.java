package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.test.Guide;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;

/** The Kamelets of the artifact, as Camel's component for them reads them. */
class KameletsIT extends QueueFixture {
    private String kamelet(String name, String options) {
        var connection = Map.of(
                "serverName", db.host(),
                "serverPort", Integer.toString(db.port()),
                "databaseName", db.name(),
                "username", db.user(),
                "password", "RAW(" + db.password() + ")");
        return "kamelet:" + name + "?queue=q" + options
                + connection.entrySet().stream()
                        .map(each -> "&" + each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining());
    }

    private void readWithTheSource(String options) throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(kamelet("pgq-source", "&consumer=c" + options)).process(exchange -> {
                    var message = exchange.getMessage();
                    var data = message.getBody(String.class);
                    if (data.equals("bad")) {
                        throw new IllegalStateException("cannot be processed");
                    }
                    received.add(List.of(message.getHeader(PgqConstants.EVENT_TYPE, String.class), data));
                });
            }
        });
        awaitRegistered();
    }

    @Test
    void theSourceReadsEventsAndChangesOfTables() throws Exception {
        readWithTheSource("");
        db.sql("create table item (id int primary key, name text)");
        db.sql("create trigger item after insert on item for each row execute function pgq.jsontriga('q')");

        insert("1");
        db.sql("insert into item values (7, 'seven')");
        tick();

        assertThat(nextReceived()).containsExactly("t", "1");
        assertThat(nextReceived().get(1))
                .startsWith("{\"operation\":\"INSERT\",\"schema\":\"public\",\"table\":\"item\",\"key\":{\"id\":7}")
                .contains("\"after\":{\"id\":7,\"name\":\"seven\"}");
    }

    @Test
    void theRouteOfThePageReadsEvents() throws Exception {
        client.createQueue("orders");
        var route = Guide.component("yaml", "kamelet:pgq-source")
                .replace("localhost", db.host() + "\n        serverPort: " + db.port())
                .replace("databaseName: shop", "databaseName: " + db.name())
                .replace("username: shop", "username: " + db.user())
                .replace("password: secret", "password: RAW(" + db.password() + ")")
                .replace("- log: \"${body}\"", "- to: direct:log");
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:log")
                        .process(exchange ->
                                received.add(List.of(exchange.getMessage().getBody(String.class))));
            }
        });
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString("orders.yaml", route));
        await().until(() -> client.position("orders", "printer").isPresent());

        client.insert("orders", List.of(Event.of("t", "1")));
        client.forceTick("orders");
        client.ticker();

        assertThat(nextReceived()).containsExactly("1");
    }

    @Test
    void theSourcePutsAsideWhatCannotBeProcessed() throws Exception {
        client.createQueue("dead");
        client.registerConsumer("dead", "operator");
        readWithTheSource("&deadLetterQueue=dead");

        insert("bad", "good");
        tick();

        assertThat(nextReceived()).containsExactly("t", "good");
        awaitDone();
        client.forceTick("dead");
        client.ticker();
        try (var parked = client.nextBatch("dead", "operator").orElseThrow()) {
            assertThat(data(parked)).containsExactly("bad");
        }
    }

    @Test
    void theSinkInsertsEvents() throws Exception {
        client.registerConsumer("q", "c");
        var template = camel.createProducerTemplate();

        template.sendBody(kamelet("pgq-sink", "&eventType=placed"), Map.of("order", 17));
        template.sendBodyAndHeader(kamelet("pgq-sink", ""), "text", PgqConstants.EVENT_TYPE, "noted");
        template.sendBody(kamelet("pgq-sink", ""), "untyped");
        tick();

        try (var batch = client.nextBatch("q", "c").orElseThrow()) {
            assertThat(batch)
                    .extracting(event -> event.type() + " " + event.data())
                    .containsExactly("placed {\"order\":17}", "noted text", "null untyped");
        }
    }
}
