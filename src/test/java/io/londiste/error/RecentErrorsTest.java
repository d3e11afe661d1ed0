package io.londiste.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The last errors are kept, the latest first, up to a limit. */
class RecentErrorsTest {
    private final RecentErrors errors = new RecentErrors();

    @Test
    void aRepeatedErrorIsKeptOnce() {
        errors.add("copy", "no");
        errors.add("replay", "no");
        errors.add("copy", "no");

        assertThat(errors.list()).extracting(RecentErrors.Error::place).containsExactly("copy", "replay");
    }

    @Test
    void theOldestAreForgottenButThoseOfTables() {
        errors.addOfTable("public.a", "broken");
        for (int i = 0; i < 1000; i++) {
            errors.add("queue", "error " + i);
        }

        assertThat(errors.list())
                .hasSize(50)
                .first()
                .extracting(RecentErrors.Error::message)
                .isEqualTo("error 999");
        assertThat(errors.ofTable("public.a"))
                .get()
                .extracting(RecentErrors.Error::message)
                .isEqualTo("broken");
        assertThat(errors.ofTable("public.b")).isEmpty();
    }
}
