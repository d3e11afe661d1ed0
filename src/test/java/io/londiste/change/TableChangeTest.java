package io.londiste.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.londiste.change.TableChange.Operation;
import io.londiste.pgq.Event;
import io.londiste.pgq.PgqConstants;
import io.londiste.pgq.PgqException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableChangeTest {
    private final DefaultCamelContext camel = new DefaultCamelContext();

    @BeforeEach
    void start() {
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    private static Event event(String type, String data, String... extra) {
        String[] all = new String[4];
        System.arraycopy(extra, 0, all, 0, extra.length);
        return new Event(17, null, 900, null, type, data, all[0], all[1], all[2], all[3]);
    }

    private static TableChange read(String type, String data, String... extra) {
        return TableChange.of(event(type, data, extra), 5L).orElseThrow();
    }

    private static String json(String op) {
        return "{\"op\":\"" + op + "\",\"table\":[\"shop\",\"Order Items\"],\"pkey\":[\"id\",\"nr\"]}";
    }

    @Test
    void anInsertHasARowAfter() {
        TableChange change = read(
                json("INSERT"),
                "{\"id\":1,\"nr\":2,\"price\":1.50,\"paid\":true,\"tags\":[\"x\"],\"note\":null}",
                "shop.x");

        assertThat(change.operation()).isEqualTo(Operation.INSERT);
        assertThat(change.schema()).isEqualTo("shop");
        assertThat(change.table()).isEqualTo("Order Items");
        assertThat(change.key()).containsExactly(entry("id", 1L), entry("nr", 2L));
        assertThat(change.oldKey()).isNull();
        assertThat(change.before()).isNull();
        assertThat(change.after())
                .containsExactly(
                        entry("id", 1L),
                        entry("nr", 2L),
                        entry("price", new BigDecimal("1.50")),
                        entry("paid", true),
                        entry("tags", List.of("x")),
                        entry("note", null));
        assertThat(change.transactionId()).isEqualTo(900);
        assertThat(change.eventId()).isEqualTo(17);
        assertThat(change.tick()).isEqualTo(5);
    }

    @Test
    void anUpdateHasNoRowBeforeUnlessItWasCaptured() {
        TableChange change = read(json("UPDATE"), "{\"id\":1,\"nr\":2,\"n\":3}", "shop.x");

        assertThat(change.before()).isNull();
        assertThat(change.oldKey()).isNull();
        assertThat(change.after()).containsEntry("n", 3L);
    }

    @Test
    void anUpdateOfTheKeyHasTheOldKey() {
        TableChange change = read(json("UPDATE"), "{\"id\":1,\"nr\":2,\"n\":3}", "shop.x", "{\"id\":7,\"nr\":2}");

        assertThat(change.key()).containsExactly(entry("id", 1L), entry("nr", 2L));
        assertThat(change.oldKey()).containsExactly(entry("id", 7L), entry("nr", 2L));
        assertThat(change.before()).isNull();
    }

    @Test
    void aTriggerWithBackupHasTheRowBefore() {
        TableChange json =
                read(json("UPDATE"), "{\"id\":1,\"nr\":2,\"n\":3}", "shop.x", "{\"id\":1,\"nr\":2,\"n\":null}");
        assertThat(json.before()).containsExactly(entry("id", 1L), entry("nr", 2L), entry("n", null));
        assertThat(json.oldKey()).isNull();

        TableChange url = read("U:id", "id=2&n=3", "public.t", "id=1&n");
        assertThat(url.before()).containsExactly(entry("id", "1"), entry("n", null));
        assertThat(url.oldKey()).containsExactly(entry("id", "1"));

        TableChange sql = read("U", "n='3' where id='1'", "public.t", "id=1&n=2");
        assertThat(sql.before()).containsExactly(entry("id", "1"), entry("n", "2"));
        assertThat(sql.after()).containsExactly(entry("n", "3"), entry("id", "1"));
    }

    @Test
    void anExtraFieldThatIsNoRowIsNotTakenForOne() {
        assertThat(read("U:id", "id=2&n=3", "public.t", "anything").before()).isNull();
        assertThat(read("U:id", "id=2&n=3", "public.t", "100%").before()).isNull();
    }

    @Test
    void aDeleteHasARowBefore() {
        TableChange change = read(json("DELETE"), "{\"id\":1,\"nr\":2,\"n\":3}", "shop.x");

        assertThat(change.key()).containsExactly(entry("id", 1L), entry("nr", 2L));
        assertThat(change.before()).containsEntry("n", 3L);
        assertThat(change.after()).isNull();
        assertThat(read("D", "id='1' and part='2'", "public.t").before())
                .containsExactly(entry("id", "1"), entry("part", "2"));
    }

    @Test
    void aTruncateHasNoRows() {
        assertThat(List.of(read(json("TRUNCATE"), null, "shop.x"), read("R", "", "shop.x")))
                .allSatisfy(change -> {
                    assertThat(change.operation()).isEqualTo(Operation.TRUNCATE);
                    assertThat(change.key()).isEmpty();
                    assertThat(change.before()).isNull();
                    assertThat(change.after()).isNull();
                });
    }

    @Test
    void hasATextForPeople() {
        assertThat(read(json("UPDATE"), "{\"id\":1,\"nr\":2}", "x", "{\"id\":7,\"nr\":2}")
                        .toText())
                .isEqualTo("UPDATE shop.\"Order Items\" {id=7, nr=2} to {id=1, nr=2}: {id=1, nr=2}");
        assertThat(read("D:id", "id=1&n=x", "public.t").toText()).isEqualTo("DELETE public.t {id=1}: {id=1, n=x}");
        assertThat(read("R", "", "public.t").toText()).isEqualTo("TRUNCATE public.t");
    }

    @Test
    void anEventThatCannotBeReadIsAnError() {
        assertThatThrownBy(() -> read(json("INSERT"), "{\"id\":", "x"))
                .isInstanceOf(PgqException.class)
                .hasMessageStartingWith(
                        "cannot read event 17, which changes table shop.\"Order Items\": not a JSON object");
    }

    private <T> T convert(Class<T> type, Object body) throws InvalidPayloadException {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setHeader(PgqConstants.TICK_ID, 5L);
        exchange.getMessage().setBody(body);
        return exchange.getMessage().getMandatoryBody(type);
    }

    @Test
    void camelConvertsEventsAndChanges() throws Exception {
        Event event = event("U:id", "id=1&n", "public.t");
        String json =
                "{\"operation\":\"UPDATE\",\"schema\":\"public\",\"table\":\"t\",\"key\":{\"id\":\"1\"},\"oldKey\":null,"
                        + "\"before\":null,\"after\":{\"id\":\"1\",\"n\":null},\"transactionId\":900,\"eventId\":17,\"tick\":5}";
        TableChange change = convert(TableChange.class, event);
        assertThat(change).isEqualTo(TableChange.of(event, 5L).orElseThrow());
        for (Object value : List.of(event, change)) {
            assertThat((Object) convert(Map.class, value)).isEqualTo(change.toMap());
            assertThat(convert(String.class, value)).isEqualTo(json);
            assertThat(convert(byte[].class, value)).asString().isEqualTo(json);
            assertThat(convert(InputStream.class, value)).hasContent(json);
        }
    }

    @Test
    void anEventThatChangesNoTableIsItsData() throws Exception {
        Event event = event("order", "{\"id\":1}");

        assertThat(convert(String.class, event)).isEqualTo("{\"id\":1}");
        assertThat(convert(InputStream.class, event)).hasContent("{\"id\":1}");
        assertThat((Object) convert(Map.class, event)).isEqualTo(Map.of("id", 1L));
        assertThat(convert(TableChange.class, event)).isNull();
        assertThat((Object) convert(Map.class, event("order", "17"))).isNull();
        assertThat(convert(TableChange.class, event("U:id", "id=1", "public.t")).key())
                .as("the next event, which changes a table")
                .isEqualTo(Map.of("id", "1"));
    }

    @Test
    void withoutAnExchangeTheTickIsNotKnown() {
        assertThat(camel.getTypeConverter()
                        .convertTo(TableChange.class, event("U:id", "id=1", "public.t"))
                        .tick())
                .isNull();
    }
}
