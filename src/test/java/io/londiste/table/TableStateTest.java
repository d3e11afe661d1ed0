package io.londiste.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableStateTest {
    @ParameterizedTest
    @ValueSource(strings = {"in-copy", "catching-up", "wanna-sync:17", "do-sync:18", "ok"})
    void keepsAndShowsTheWordsOfTheManPage(String state) {
        assertThat(TableState.parse(state)).hasToString(state);
        assertThat(TableState.parse(state).mergeState()).isEqualTo(state);
    }

    @Test
    void nullIsShownAsNew() {
        assertThat(TableState.parse(null)).hasToString("NEW");
        assertThat(TableState.NEW.mergeState()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "new", "wanna-sync", "ok:1", "OK", "done"})
    void refusesOtherWords(String state) {
        assertThatThrownBy(() -> TableState.parse(state))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(state);
    }
}
