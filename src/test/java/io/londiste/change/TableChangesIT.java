package io.londiste.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.pgq.QueueFixture;
import io.londiste.schema.Installer;
import io.londiste.test.Guide;
import java.util.List;
import java.util.Properties;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What routes get of changed tables: captured by Londiste, or by triggers of PgQ on plain tables. */
class TableChangesIT extends QueueFixture {
    private static final String WORK = "insert into item values (1, 'a'); update item set name = 'b';"
            + " update item set id = 2; delete from item; truncate item;";

    @BeforeEach
    void table() throws Exception {
        db.sql("create table item (id int primary key, name text)");
        client.registerConsumer("q", "c");
    }

    private void read() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&exchangePer=event").process(exchange -> {
                    TableChange change = exchange.getMessage().getBody(TableChange.class);
                    assertThat(change.tick())
                            .isEqualTo(client.lastTick("q").orElseThrow().id());
                    received.add(List.of(
                            change.operation() + " " + change.schema() + "." + change.table(),
                            change.oldKey() == null ? change.key().toString() : change.oldKey() + " to " + change.key(),
                            change.before() + " to " + change.after()));
                });
            }
        });
        db.sql(WORK);
        tick();
    }

    private void trigger(String call) {
        db.sql("create trigger item after insert or update or delete on item for each row execute function " + call);
        db.sql("create trigger item_truncate after truncate on item execute function "
                + call.replaceFirst(", 'backup'", ""));
    }

    @Test
    void londistesCaptureHasTheOldKeyAndTheDeletedRow() throws Exception {
        new Installer(db.dataSource()).installLondisteProvider();
        db.sql("select londiste.provider_add_table('q', 'public.item')");
        read();

        assertThat(nextReceived()).containsExactly("INSERT public.item", "{id=1}", "null to {id=1, name=a}");
        assertThat(nextReceived()).containsExactly("UPDATE public.item", "{id=1}", "null to {id=1, name=b}");
        assertThat(nextReceived()).containsExactly("UPDATE public.item", "{id=1} to {id=2}", "null to {id=2, name=b}");
        assertThat(nextReceived()).containsExactly("DELETE public.item", "{id=2}", "{id=2, name=b} to null");
        assertThat(nextReceived()).containsExactly("TRUNCATE public.item", "{}", "null to null");
    }

    @ParameterizedTest
    @CsvSource({"jsontriga", "logutriga"})
    void triggersOfPgqHaveTheRowBeforeAndNewRowsForNewKeys(String function) throws Exception {
        trigger("pgq." + function + "('q', 'backup')");
        read();

        assertThat(nextReceived()).containsExactly("INSERT public.item", "{id=1}", "null to {id=1, name=a}");
        assertThat(nextReceived()).containsExactly("UPDATE public.item", "{id=1}", "{id=1, name=a} to {id=1, name=b}");
        assertThat(nextReceived()).containsExactly("DELETE public.item", "{id=1}", "{id=1, name=b} to null");
        assertThat(nextReceived()).containsExactly("INSERT public.item", "{id=2}", "null to {id=2, name=b}");
        assertThat(nextReceived()).containsExactly("DELETE public.item", "{id=2}", "{id=2, name=b} to null");
        assertThat(nextReceived()).containsExactly("TRUNCATE public.item", "{}", "null to null");
    }

    @Test
    void sqltrigaHasTheChangedColumnsOnly() throws Exception {
        trigger("pgq.sqltriga('q')");
        read();

        assertThat(nextReceived()).containsExactly("INSERT public.item", "{}", "null to {id=1, name=a}");
        assertThat(nextReceived()).containsExactly("UPDATE public.item", "{id=1}", "null to {name=b, id=1}");
        assertThat(nextReceived()).containsExactly("UPDATE public.item", "{id=1} to {id=2}", "null to {id=2}");
        assertThat(nextReceived()).containsExactly("DELETE public.item", "{id=2}", "{id=2} to null");
        assertThat(nextReceived()).containsExactly("TRUNCATE public.item", "{}", "null to null");
    }

    @Test
    void theGuidesRouteReadsNewRows() throws Exception {
        camel.getRegistry().bind("provider", db.dataSource());
        Properties properties = new Properties();
        properties.setProperty("pgq_queue_name", "q");
        camel.getPropertiesComponent().setInitialProperties(properties);
        trigger("pgq.jsontriga('q')");
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:welcome")
                        .process(exchange ->
                                received.add(List.of(exchange.getMessage().getBody(String.class))));
            }
        });
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(ResourceHelper.fromString("welcome.yaml", Guide.yaml("consumer: welcome")));
        await().until(() -> client.position("q", "welcome").isPresent());
        db.sql("alter table item rename to customer");
        db.sql("insert into customer values (1, 'Ann'); update customer set name = 'Anne'");
        insert("of no table");
        db.sql("insert into customer values (2, 'Bob')");
        tick();

        assertThat(nextReceived()).containsExactly("Ann");
        assertThat(nextReceived()).containsExactly("Bob");
    }
}
