package io.londiste.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RepeatFilterTest {
    private final RepeatFilter repeats = new RepeatFilter();

    @Test
    void theSameIsSaidOnce() {
        assertThat(repeats.isNews("replay", "no server")).isTrue();
        assertThat(repeats.isNews("replay", "no server")).isFalse();
        assertThat(repeats.isNews("ticker", "no server")).isTrue();
    }

    @Test
    void somethingElseIsNews() {
        repeats.isNews("replay", "no server");

        assertThat(repeats.isNews("replay", "wrong password")).isTrue();
        assertThat(repeats.isNews("replay", "no server")).isTrue();
    }
}
