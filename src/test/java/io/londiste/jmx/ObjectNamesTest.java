package io.londiste.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Names of MBeans are plain where they can be, and always possible. */
class ObjectNamesTest {
    @Test
    void plainValuesStandAsTheyAre() {
        assertThat(ObjectNames.of("Table", "job", "name", "public.orders"))
                .hasToString("io.londiste:type=Table,job=job,name=public.orders");
    }

    @Test
    void othersAreQuotedAndCanBeReadBack() {
        for (var odd : new String[] {"a,b", "a=b", "a:b", "a\"b", "a*b", "a?b", "a\nb"}) {
            var name = ObjectNames.of("Table", "job", "name", odd);

            assertThat(name.isPattern()).isFalse();
            assertThat(javax.management.ObjectName.unquote(name.getKeyProperty("name")))
                    .isEqualTo(odd);
        }
    }
}
