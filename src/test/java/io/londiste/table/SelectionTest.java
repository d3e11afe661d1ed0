package io.londiste.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.change.TableName;
import io.londiste.error.LondisteException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final List<TableName> KNOWN = List.of(
            new TableName("public", "a1"),
            new TableName("public", "b1"),
            new TableName("sales", "a1"),
            new TableName("sales", "a22"));

    private static List<String> resolve(String... arguments) {
        return Selection.of(arguments).resolve(() -> KNOWN).stream()
                .map(TableName::toString)
                .toList();
    }

    @Test
    void namesWithoutSchemaArePublic() {
        assertThat(resolve("t", "sales.t", "\"T.x\"")).containsExactly("public.t", "sales.t", "public.\"T.x\"");
    }

    @Test
    void eachTableCountsOnce() {
        assertThat(resolve("t", "public.t")).containsExactly("public.t");
    }

    @Test
    void wildcardsStandForKnownTables() {
        assertThat(resolve("*")).containsExactly("public.a1", "public.b1");
        assertThat(resolve("*.a?")).containsExactly("public.a1", "sales.a1");
        assertThat(resolve("sales.*", "t")).containsExactly("sales.a1", "sales.a22", "public.t");
        assertThat(resolve("\"a*\"")).containsExactly("public.\"a*\"");
    }

    @Test
    void allIsWhatThereIs() {
        assertThat(Selection.ALL.resolve(() -> KNOWN)).isEqualTo(KNOWN);
    }

    @Test
    void refusesWhatMatchesNothingOrIsNoName() {
        assertThatThrownBy(() -> resolve("x*"))
                .isInstanceOf(LondisteException.class)
                .hasMessage("there is none that fits x*; nothing was changed");
        assertThatThrownBy(() -> resolve("a.b.c")).hasMessage("not a table name: a.b.c; nothing was changed");
    }

    @Test
    void namesInOneTextStandBetweenCommasOrBlanks() {
        assertThat(Selection.split("a, b.c\td,e,")).containsExactly("a", "b.c", "d", "e");
        assertThat(Selection.split("\"odd, name\" s.\"with \"\" in it\""))
                .containsExactly("\"odd, name\"", "s.\"with \"\" in it\"");
        assertThat(Selection.split(" ")).isEmpty();
        assertThat(Selection.split(null)).isEmpty();
    }
}
