package io.londiste.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/** Records become what every JMX client can read. */
class CompositesTest {
    private record Part(long number, Duration time) {}

    private record Whole(TableName table, Part part, Instant at, List<String> texts, List<Part> parts, Boolean flag) {}

    @Test
    void itemsHaveTheNamesOfTheComponentsAndPlainTypes() {
        var data = Composites.of(new Whole(
                new TableName("public", "a"),
                new Part(7, Duration.ofMillis(1500)),
                Instant.EPOCH,
                List.of("x"),
                List.of(new Part(8, Duration.ZERO)),
                true));

        assertThat(data.getCompositeType().keySet())
                .containsExactlyInAnyOrder("table", "number", "timeSeconds", "at", "texts", "parts", "flag");
        assertThat(data.get("table")).isEqualTo("public.a");
        assertThat(data.get("number")).isEqualTo(7L);
        assertThat(data.get("timeSeconds")).isEqualTo(1.5);
        assertThat(data.get("at")).isEqualTo(new Date(0));
        assertThat((String[]) data.get("texts")).containsExactly("x");
        assertThat(((CompositeData[]) data.get("parts"))[0].get("number")).isEqualTo(8L);
        assertThat(data.get("flag")).isEqualTo(true);
    }

    @Test
    void whatIsAbsentIsNull() {
        var data = Composites.of(new Whole(null, null, null, null, null, null));

        assertThat(data.values()).containsOnlyNulls();
        assertThat(Composites.of((Record) null)).isNull();
    }
}
