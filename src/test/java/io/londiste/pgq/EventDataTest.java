package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PGobject;

class EventDataTest {
    private final DefaultCamelContext camel = new DefaultCamelContext();

    @BeforeEach
    void start() {
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    private String of(Object body) {
        return EventData.of(new DefaultExchange(camel), body);
    }

    /** A bean, whose own text says nothing. */
    public static class Order {
        private final Order replaced;

        Order(Order replaced) {
            this.replaced = replaced;
        }

        public int getId() {
            return 7;
        }

        public boolean isPaid() {
            return true;
        }

        public LocalDate getDay() {
            return LocalDate.of(2026, 1, 31);
        }

        public Order getReplaced() {
            return replaced;
        }
    }

    /** A record that only this test sees. */
    private record Line(String article, BigDecimal price, List<Integer> sizes) {}

    @Test
    void textIsTakenAsItIs() {
        assertThat(of(null)).isNull();
        assertThat(of("text")).isEqualTo("text");
        assertThat(of(new StringBuilder("text"))).isEqualTo("text");
        assertThat(of(12)).isEqualTo("12");
        assertThat(of(true)).isEqualTo("true");
        assertThat(of(LocalDate.of(2026, 1, 31))).isEqualTo("2026-01-31");
        assertThat(of(Thread.State.NEW)).isEqualTo("NEW");
        assertThat(of("bytes".getBytes())).isEqualTo("bytes");
        assertThat(of(new ByteArrayInputStream("stream".getBytes()))).isEqualTo("stream");
    }

    @Test
    void aValueOfTheDriverIsItsText() throws SQLException {
        PGobject value = new PGobject();
        value.setType("jsonb");
        value.setValue("{\"a\": 1}");

        assertThat(of(value)).isEqualTo("{\"a\": 1}");
    }

    @Test
    void aMapBecomesJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", 7);
        map.put("line", new Line("shoe", new BigDecimal("1.50"), List.of(40, 41)));
        map.put("note", null);

        assertThat(of(map))
                .isEqualTo("{\"id\":7,\"line\":{\"article\":\"shoe\",\"price\":1.50,\"sizes\":[40,41]},\"note\":null}");
    }

    @Test
    void aRecordBecomesJson() {
        assertThat(of(new Line("shoe", null, List.of())))
                .isEqualTo("{\"article\":\"shoe\",\"price\":null,\"sizes\":[]}");
    }

    @Test
    void aBeanBecomesJson() {
        assertThat(of(new Order(new Order(null))))
                .isEqualTo("{\"day\":\"2026-01-31\",\"id\":7,\"paid\":true,\"replaced\":"
                        + "{\"day\":\"2026-01-31\",\"id\":7,\"paid\":true,\"replaced\":null}}");
    }

    @Test
    void whatContainsItselfIsRefused() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("me", map);

        assertThatThrownBy(() -> of(map)).isInstanceOf(IllegalArgumentException.class);
    }
}
