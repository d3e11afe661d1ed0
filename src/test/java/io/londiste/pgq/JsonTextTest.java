package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"b\":1,\"a\":[1,[2,null]],\"c\":{\"d\":\"x\\\"/ü\\n\"},\"t\":true,\"f\":false,\"n\":null}",
                "{\"n\":123456789012345678901234567890,\"d\":1.50,\"long\":9223372036854775807}"
            })
    void whatIsReadIsWrittenAgain(String json) {
        assertThat(JsonText.of(JsonText.object(json))).isEqualTo(json);
    }

    @Test
    void numbersKeepAllDigits() {
        assertThat(JsonText.object("{\"i\":7,\"big\":9223372036854775808,\"d\":1.50}"))
                .containsExactly(
                        entry("i", 7L),
                        entry("big", new BigInteger("9223372036854775808")),
                        entry("d", new BigDecimal("1.50")));
    }

    @Test
    void writesWhatJavaHas() {
        Map<Object, Object> values = new LinkedHashMap<>();
        values.put(1, List.of('c', LocalDate.of(2026, 1, 31), Thread.State.NEW));
        values.put("arrays", Arrays.asList(new int[] {1, 2}, new String[] {"x", null}, new byte[] {1, 2, 3}));
        values.put("numbers", Arrays.asList(1.5, Float.NaN, (short) 2, new BigDecimal("1E+3"), BigInteger.TEN));

        assertThat(JsonText.of(values))
                .isEqualTo("{\"1\":[\"c\",\"2026-01-31\",\"NEW\"],\"arrays\":[[1,2],[\"x\",null],\"AQID\"],"
                        + "\"numbers\":[1.5,\"NaN\",2,1E+3,10]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{", "{} {}", "{\"a\":}", "{a:1}"})
    void otherTextsAreRefused(String text) {
        assertThatThrownBy(() -> JsonText.object(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a JSON object: " + text);
    }

    @Test
    void whatContainsItselfIsRefused() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);

        assertThatThrownBy(() -> JsonText.of(endless))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot write as JSON: ");
    }
}
