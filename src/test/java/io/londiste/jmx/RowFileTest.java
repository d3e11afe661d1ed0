package io.londiste.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.change.TableName;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowFileTest {
    private static final TableName ONE = new TableName("public", "one");
    private static final TableName TWO = new TableName("public", "two");
    private static final List<String> COLUMNS = List.of("id", "note");

    private RowFile file = new RowFile();

    @AfterEach
    void close() {
        file.close();
    }

    private String whole(TableName table, int length) {
        var text = new StringBuilder();
        Part part = file.part(table, 0, length);
        while (text.append(part.text()) != null && part.next() < part.size()) {
            part = file.part(table, part.next(), length);
        }
        return text.toString();
    }

    @Test
    void eachRowIsALineOfEachSideThatHasIt() throws SQLException {
        var rows = file.of(ONE, COLUMNS);
        rows.missing(List.of("1", "a"));
        rows.extra(Arrays.asList("2", null));
        rows.different(List.of("3", ""), List.of("3", "two\nlines, \"quoted\""));

        assertThat(file.kept(ONE)).isEqualTo(3);
        assertThat(whole(ONE, 1024)).isEqualTo("""
                difference,side,id,note
                missing,provider,1,a
                extra,subscriber,2,
                different,provider,3,""
                different,subscriber,3,"two
                lines, ""quoted""\"
                """);
    }

    @Test
    void partsOfSeveralTablesMakeTheWhole() throws SQLException {
        var one = file.of(ONE, COLUMNS);
        var two = file.of(TWO, COLUMNS);
        for (int i = 0; i < 20_000; i++) {
            one.missing(List.of("" + i, "\u00e4\ud83d\ude00"));
            two.extra(List.of("" + i, "x"));
        }

        assertThat(file.kept(ONE)).isEqualTo(20_000);
        assertThat(whole(ONE, 5_000).lines().skip(1))
                .containsExactlyElementsOf(IntStream.range(0, 20_000)
                        .mapToObj(i -> "missing,provider," + i + ",\u00e4\ud83d\ude00")
                        .toList());
        assertThat(whole(TWO, 1 << 20).lines()).hasSize(20_001).last().isEqualTo("extra,subscriber,19999,x");
    }

    @Test
    void aLineThatIsLongerThanAPartIsCutBetweenCharacters() throws SQLException {
        var value = "\ud83d\ude00".repeat(10_000);
        file.of(ONE, COLUMNS).missing(List.of("1", value));

        assertThat(whole(ONE, 1_025)).endsWith("missing,provider,1," + value + "\n");
    }

    @Test
    void whatExceedsTheLimitIsNotKept() throws SQLException {
        file = new RowFile(100_000);
        var rows = file.of(ONE, COLUMNS);
        for (int i = 0; i < 20_000; i++) {
            rows.missing(List.of("" + i, "x"));
        }

        long kept = file.kept(ONE);
        assertThat(kept).isBetween(1_000L, 19_999L);
        assertThat(whole(ONE, 1 << 20).lines()).hasSize((int) kept + 1);
    }

    @Test
    void impossiblePartsAreRefused() throws SQLException {
        file.of(ONE, COLUMNS).missing(List.of("1", "x"));

        assertThatThrownBy(() -> file.part(TWO, 0, 1024)).hasMessage("no differing rows of public.two are kept");
        assertThatThrownBy(() -> file.part(ONE, 0, 10)).hasMessage("length: must be from 1024 to 1048576, not 10");
        assertThatThrownBy(() -> file.part(ONE, 100, 1024)).hasMessageStartingWith("from: must be from 0 to");
        assertThat(file.kept(TWO)).isNull();
    }

    @Test
    void nothingIsKeptAfterItsEnd() throws SQLException {
        var rows = file.of(ONE, COLUMNS);
        rows.missing(List.of("1", "x"));
        assertThat(file.kept(ONE)).isEqualTo(1);
        file.close();

        assertThatThrownBy(() -> file.part(ONE, 0, 1024)).hasMessageContaining("cannot be read");
        file.of(TWO, COLUMNS).missing(List.of("1", "x"));
        assertThat(file.kept(TWO)).isZero();
    }
}
