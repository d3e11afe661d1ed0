package shop;

import io.londiste.change.TableChange;
import org.apache.camel.builder.RouteBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens to the events of queue {@code orders}. */
final class Orders extends RouteBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(Orders.class);

    @Override
    public void configure() {
        from("pgq:orders?consumer=printer&exchangePer=EVENT")
                .routeId("orders")
                .convertBodyTo(TableChange.class)
                .filter(body().isNotNull()) // an event that changes no table has no TableChange
                .process(exchange ->
                        LOG.info(exchange.getMessage().getBody(TableChange.class).toText()));
    }
}
