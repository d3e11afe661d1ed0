package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ListingTest {
    private record Key(String state, String fromTable, Long rows, boolean deferred) {}

    private static final List<Key> KEYS = List.of(
            new Key("pending", "public.\"ä\"", null, false),
            new Key("active", "sales.order_items_of_last_year", 12L, true),
            new Key("pending", "a\n b", 7L, false));

    private static String printed(Consumer<PrintStream> printing) {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        printing.accept(out);
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void jsonHasAnObjectALine() {
        assertThat(printed(out -> Listing.json(out, KEYS))).isEqualTo("""
                        [
                          {"state":"pending","from_table":"public.\\"ä\\"","rows":null,"deferred":false},
                          {"state":"active","from_table":"sales.order_items_of_last_year","rows":12,"deferred":true},
                          {"state":"pending","from_table":"a\\n b","rows":7,"deferred":false}
                        ]
                        """);
        assertThat(printed(out -> Listing.json(out, List.of()))).isEqualTo("[ ]\n");
    }

    @Test
    void columnsAreGroupedByTheFirstField() {
        assertThat(printed(out -> Listing.columns(out, "keys", KEYS)).lines().map(line -> line + "|"))
                .containsExactly(
                        "pending keys|",
                        "from_table       rows             deferred|",
                        "---------------  ---------------  ---------------|",
                        "public.\"ä\"                        false|",
                        "a\\n b            7                false|",
                        "|",
                        "active keys|",
                        "from_table                      rows             deferred|",
                        "---------------                 ---------------  ---------------|",
                        "sales.order_items_of_last_year  12               true|",
                        "|");
        assertThat(printed(out -> Listing.columns(out, "keys", List.of()))).isEmpty();
    }

    @Test
    void namesThatHaveLinesAreOneLine() {
        assertThat(Listing.line("public.\"a\nb\tc\r\u0007\u2028ä\\\""))
                .isEqualTo("public.\"a\\nb\\tc\\r\\u0007\\u2028ä\\\"");
    }
}
