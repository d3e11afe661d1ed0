package shop;

import io.londiste.change.TableChange;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.stereotype.Component;

/** What happens to the events of queue {@code orders}. */
@Component
class Orders extends RouteBuilder {
    @Override
    public void configure() {
        from("pgq:orders?consumer=printer&exchangePer=EVENT")
                .routeId("orders")
                .convertBodyTo(TableChange.class)
                .filter(body().isNotNull()) // an event that changes no table has no TableChange
                .log("${body.toText}");
    }
}
