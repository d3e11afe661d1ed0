package io.londiste.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableStateTest {
    @ParameterizedTest
    @ValueSource(strings = {"in-copy", "catching-up", "wanna-sync:17", "do-sync:18", "ok"})
    void keeps_and_shows_the_man_pages_words(String state) {
        assertThat(TableState.parse(state)).hasToString(state);
        assertThat(TableState.parse(state).mergeState()).isEqualTo(state);
    }

    @Test
    void null_is_shown_as_new() {
        assertThat(TableState.parse(null)).hasToString("NEW");
        assertThat(TableState.NEW.mergeState()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "new", "wanna-sync", "ok:1", "OK", "done"})
    void refuses_other_words(String state) {
        assertThatThrownBy(() -> TableState.parse(state))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(state);
    }
}
