package io.londiste.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "t1                  | public.t1",
                "shop.orders         | shop.orders",
                "shop.Orders         | shop.\"Orders\"",
                "\"my.schema\".\"a b\" | \"my.schema\".\"a b\"",
                "\"say \"\"no\"\"\"  | public.\"say \"\"no\"\"\"",
            })
    void writesWhatItRead(String written, String canonical) {
        TableName name = TableName.parse(written);

        assertThat(name).hasToString(canonical);
        assertThat(TableName.parse(name.toString())).isEqualTo(name);
        assertThat(TableName.parse(name.quoted())).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.", ".a", "a.b.c", "\"a", "\"\""})
    void refusesWhatIsNoName(String written) {
        assertThatThrownBy(() -> TableName.parse(written))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(written);
    }

    @Test
    void quotesForSql() {
        assertThat(new TableName("shop", "a\"b").quoted()).isEqualTo("\"shop\".\"a\"\"b\"");
    }
}
