package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;

/** What bodies become when they are inserted. */
class PgqProducerIT extends QueueFixture {
    /** The body of a message. */
    public record Order(int id, String article) {}

    private List<String> inserted(Object body) throws Exception {
        client.registerConsumer("q", "c");
        ProducerTemplate producer = camel.createProducerTemplate();
        producer.sendBodyAndHeader("pgq:q", body, PgqConstants.EVENT_TYPE, "order");
        tick();
        try (Batch batch = client.nextBatch("q", "c").orElseThrow()) {
            assertThat(batch).allSatisfy(event -> assertThat(event.type()).isEqualTo("order"));
            return data(batch);
        }
    }

    @Test
    void aMapIsInsertedAsJson() throws Exception {
        assertThat(inserted(Map.of("id", 7))).containsExactly("{\"id\":7}");
    }

    @Test
    void eachElementOfAListIsAnEvent() throws Exception {
        assertThat(inserted(List.of(Map.of("id", 7), new Order(8, "shoe"), "text")))
                .containsExactly("{\"id\":7}", "{\"id\":8,\"article\":\"shoe\"}", "text");
    }

    @Test
    void whatIsInsertedAsJsonIsReadAsAMap() throws Exception {
        inserted(new Order(8, "shoe"));
        try (Batch batch = client.nextBatch("q", "c").orElseThrow()) {
            Event event = batch.iterator().next();
            assertThat((Object) camel.getTypeConverter().convertTo(Map.class, event))
                    .isEqualTo(Map.of("id", 8L, "article", "shoe"));
        }
    }
}
