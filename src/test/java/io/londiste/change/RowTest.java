package io.londiste.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowTest {
    private static final String JSON =
            "{\"id\":1,\"price\":1.10,\"zero\":-0,\"note\":\"a\\n\\\"b\\\" \\u00e4\",\"gone\":null,\"doc\":{\"b\": [1, {\"a\" :2}]},\"yes\":true}";

    @Test
    void keepsEveryValueAsItWasWritten() {
        Row row = Row.ofJson(JSON);

        assertThat(row.columns()).containsExactly("id", "price", "zero", "note", "gone", "doc", "yes");
        assertThat(row.value("price")).isEqualTo("1.10");
        assertThat(row.value("zero")).isEqualTo("-0");
        assertThat(row.value("doc")).isEqualTo("{\"b\": [1, {\"a\" :2}]}");
        assertThat(row.toJson()).isEqualTo(JSON);
    }

    @Test
    void showsValuesAsText() {
        Row row = Row.ofJson(JSON);

        assertThat(row.get("id")).isEqualTo("1");
        assertThat(row.get("note")).isEqualTo("a\n\"b\" ä");
        assertThat(row.get("gone")).isNull();
        assertThat(row.get("yes")).isEqualTo("true");
    }

    @Test
    void aChangedValueLeavesTheOthersAsTheyWere() {
        Row row =
                Row.ofJson(JSON).set("note", "say \"no\"\\").set("extra", null).remove("doc");

        assertThat(row.toJson())
                .isEqualTo(
                        "{\"id\":1,\"price\":1.10,\"zero\":-0,\"note\":\"say \\\"no\\\"\\\\\",\"gone\":null,\"yes\":true,"
                                + "\"extra\":null}");
    }

    @Test
    void namesAColumnThatIsNotThere() {
        assertThatThrownBy(() -> Row.ofJson("{\"a\":1}").get("b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no column b");
    }

    @Test
    void refusesWhatIsNoObject() {
        assertThatThrownBy(() -> Row.ofJson("[1]")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Row.ofJson("{\"a\":")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesTextsForValues() {
        Row row =
                Row.ofJson("{\"a\":{\"x\":1},\"b\":2,\"c\":3}").withTexts(Arrays.asList("\"x\"=>\"1\"", null, "null"));

        assertThat(row.toJson()).isEqualTo("{\"a\":\"\\\"x\\\"=>\\\"1\\\"\",\"b\":null,\"c\":\"null\"}");
    }

    @Test
    void takesValuesOfAnySizeAndDepth() {
        String number = "9".repeat(2000);
        String nested = "[".repeat(5000) + "]".repeat(5000);
        String text = "x".repeat(25_000_000);

        Row row = Row.ofJson("{\"n\":" + number + ",\"j\":" + nested + ",\"t\":\"" + text + "\"}");

        assertThat(row.get("n")).isEqualTo(number);
        assertThat(row.value("j")).isEqualTo(nested);
        assertThat(row.get("t")).hasSameSizeAs(text);
    }
}
