package io.londiste.pgq;

import static org.awaitility.Awaitility.await;

import io.londiste.test.Guide;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.postgresql.ds.PGSimpleDataSource;

/** The examples of the component's page: in Java as they are printed there, and a process that runs the one in YAML. */
final class OrderMails extends RouteBuilder {
    @Override
    public void configure() {
        from("pgq:orders?consumer=mailer&dataSource=#provider")
                .split(body())
                .streaming()
                .stopOnException()
                .to("direct:mail");

        from("direct:placed").setHeader("CamelPgqEventType", constant("placed")).to("pgq:orders?dataSource=#provider");
    }

    /** Runs the route until the queue is read, and prints the number of events. The argument is the database's URL. */
    public static void main(String... arguments) throws Exception {
        var source = new PGSimpleDataSource();
        source.setUrl(arguments[0]);
        var events = new AtomicInteger();
        try (var camel = new DefaultCamelContext()) {
            camel.getRegistry().bind("provider", source);
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:mail").process(exchange -> events.incrementAndGet());
                }
            });
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(ResourceHelper.fromString("orders.yaml", Guide.component("yaml", "mailer")));
            camel.start();
            var client = new PgqClient(source);
            long last = client.lastTick("orders").orElseThrow().id();
            await().atMost(Duration.ofMinutes(3))
                    .until(() -> client.position("orders", "mailer").orElse(0L) == last);
        }
        System.out.println(events.get() + " events");
    }
}
