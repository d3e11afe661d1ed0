package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.Change;
import io.londiste.change.Change.Kind;
import io.londiste.change.Row;
import io.londiste.change.TableName;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NetChangesTest {
    private static final TableName TABLE = new TableName("public", "t");

    private final NetChanges net = new NetChanges(
            new TableShape(
                    TABLE,
                    List.of(new Column("id", "integer", false, false, "="), new Column("v", "text", false, false, "=")),
                    List.of("id"),
                    false,
                    0),
            RowKeys.OF_TEXTS);

    private void insert(int id, String v) {
        add(Kind.INSERT, id, v, null);
    }

    private void update(int id, String v) {
        add(Kind.UPDATE, id, v, null);
    }

    private void move(int oldId, int id, String v) {
        add(Kind.UPDATE, id, v, Row.ofJson("{\"id\":" + oldId + "}"));
    }

    private void delete(int id) {
        add(Kind.DELETE, id, "old", null);
    }

    private void add(Kind kind, int id, String v, Row oldKey) {
        net.add(new Change(
                null, TABLE, kind, List.of("id"), Row.ofJson("{\"id\":" + id + ",\"v\":\"" + v + "\"}"), oldKey));
    }

    private static List<String> rows(Collection<Row> rows) {
        return rows.stream()
                .map(row -> row.get("id") + (row.has("v") ? row.get("v") : ""))
                .toList();
    }

    private static List<String> rows(Map<List<String>, List<Row>> byLayout) {
        return rows(byLayout.values().stream().flatMap(Collection::stream).toList());
    }

    private List<String> moves() {
        return net.moves().values().stream()
                .flatMap(Collection::stream)
                .map(move -> move.origin().get("id") + ">" + move.image().get("id")
                        + move.image().get("v"))
                .toList();
    }

    private void assertNet(List<String> deletes, List<String> moves, List<String> updates, List<String> inserts) {
        assertThat(net.isInOrderOnly()).isFalse();
        assertThat(rows(net.deletes())).as("deletes").isEqualTo(deletes);
        assertThat(moves()).as("moves").isEqualTo(moves);
        assertThat(rows(net.updates())).as("updates").isEqualTo(updates);
        assertThat(rows(net.inserts())).as("inserts").isEqualTo(inserts);
    }

    @Test
    void theLastRowOfAKeyCounts() {
        insert(1, "a");
        update(1, "b");
        update(2, "c");
        update(2, "d");

        assertNet(List.of(), List.of(), List.of("2d"), List.of("1b"));
    }

    @Test
    void whatCameAndWentLeavesNothing() {
        insert(1, "a");
        delete(1);

        assertNet(List.of(), List.of(), List.of(), List.of());
    }

    @Test
    void aRowThatWentAndCameBackIsUpdated() {
        delete(1);
        insert(1, "b");

        assertNet(List.of(), List.of(), List.of("1b"), List.of());
    }

    @Test
    void aMovedRowGoesFromItsFirstKeyToItsLast() {
        move(1, 2, "a");
        move(2, 3, "b");

        assertNet(List.of(), List.of("1>3b"), List.of(), List.of());
    }

    @Test
    void aRowThatMovesThereAndBackIsUpdated() {
        move(1, 2, "a");
        move(2, 1, "b");

        assertNet(List.of(), List.of(), List.of("1b"), List.of());
    }

    @Test
    void aMovedRowThatIsDeletedIsDeletedWhereItWas() {
        move(1, 2, "a");
        delete(2);

        assertNet(List.of("1"), List.of(), List.of(), List.of());
    }

    @Test
    void aNewRowThatIsMovedIsInsertedWhereItEnds() {
        insert(1, "a");
        move(1, 2, "b");
        move(2, 3, "c");

        assertNet(List.of(), List.of(), List.of(), List.of("3c"));
    }

    @Test
    void aRowMayMoveWhereAnotherWas() {
        delete(2);
        move(1, 2, "a");
        insert(1, "b");

        assertNet(List.of("2old"), List.of("1>2a"), List.of(), List.of("1b"));
    }

    @Test
    void aRowThatIsUpdatedAfterItsDeleteIsThere() {
        delete(1);
        update(1, "b");

        assertNet(List.of(), List.of(), List.of("1b"), List.of());
    }

    @Test
    void aRowThatCameBackAndWasUpdatedBeforeItsInsertWasCapturedIsUpdated() {
        delete(1);
        update(1, "b");
        insert(1, "b");

        assertNet(List.of(), List.of(), List.of("1b"), List.of());
    }

    @Test
    void aRowThatIsDeletedTwiceIsGone() {
        delete(1);
        delete(1);

        assertNet(List.of("1old"), List.of(), List.of(), List.of());
    }

    @Test
    void rowsIdentifiedInDifferentWaysAreLeftToTheOrderOfEvents() {
        insert(1, "a");
        net.add(new Change(null, TABLE, Kind.DELETE, List.of("v"), Row.ofJson("{\"v\":\"a\"}"), null));

        assertThat(net.isInOrderOnly()).isTrue();
    }

    @Test
    void anUpdateCapturedBeforeItsInsertIsPartOfTheNewRow() {
        update(1, "b");
        insert(1, "b");

        assertNet(List.of(), List.of(), List.of(), List.of("1b"));
    }

    @Test
    void anUpdateCapturedBeforeTheMoveIsPartOfTheMovedRow() {
        update(2, "b");
        move(1, 2, "b");

        assertNet(List.of(), List.of("1>2b"), List.of(), List.of());
    }

    @Test
    void partialChangesAddUp() {
        insert(1, "a");
        net.add(new Change(null, TABLE, Kind.UPDATE, List.of("id"), Row.ofJson("{\"id\":1}"), null));

        assertNet(List.of(), List.of(), List.of(), List.of("1a"));
    }

    private NetChanges withColumns(String... columns) {
        return new NetChanges(
                new TableShape(
                        TABLE,
                        Stream.of(columns)
                                .map(c -> new Column(c, c.equals("id") ? "numeric" : "text", false, false, "="))
                                .toList(),
                        List.of("id"),
                        false,
                        0),
                RowKeys.OF_TEXTS);
    }

    private static Change change(Kind kind, String row) {
        return new Change(null, TABLE, kind, List.of("id"), Row.ofJson(row), null);
    }

    @Test
    void updatesOfDifferentColumnsOfARowAreAllKept() {
        var partial = withColumns("id", "a", "b", "c");
        partial.add(change(Kind.UPDATE, "{\"a\":\"a1\",\"id\":1}"));
        partial.add(change(Kind.UPDATE, "{\"b\":\"b1\",\"id\":1}"));
        partial.add(change(Kind.UPDATE, "{\"a\":\"a2\",\"c\":\"c1\",\"id\":1}"));
        partial.add(change(Kind.INSERT, "{\"id\":2,\"a\":\"x\",\"b\":\"y\",\"c\":\"z\"}"));
        partial.add(change(Kind.UPDATE, "{\"b\":null,\"id\":2}"));

        assertThat(partial.updates().values())
                .singleElement()
                .asString()
                .contains("\"a\":\"a2\"", "\"b\":\"b1\"", "\"c\":\"c1\"");
        assertThat(partial.inserts().values())
                .singleElement()
                .asString()
                .contains("\"a\":\"x\"", "\"b\":null", "\"c\":\"z\"");
    }

    @Test
    void oneKeyInSeveralSpellingsIsOneRow() {
        var numeric = withColumns("id", "v");
        numeric.add(change(Kind.INSERT, "{\"id\":1,\"v\":\"a\"}"));
        numeric.add(change(Kind.DELETE, "{\"id\":\"1.00\",\"v\":\"a\"}"));
        numeric.add(change(Kind.UPDATE, "{\"id\":-0,\"v\":\"b\"}"));
        numeric.add(change(Kind.UPDATE, "{\"id\":\"0.0\",\"v\":\"c\"}"));

        assertThat(numeric.inserts()).isEmpty();
        assertThat(numeric.deletes()).isEmpty();
        assertThat(numeric.updates()).isEmpty();
        assertThat(numeric.moves().values()).singleElement().asString().contains("\"0.0\"", "\"c\"");
    }

    @Test
    void aRowThatIsBackWithoutSomeColumnsIsAppliedInOrder() {
        var partial = withColumns("id", "a", "b");
        partial.add(change(Kind.DELETE, "{\"id\":1,\"a\":\"x\",\"b\":\"y\"}"));
        partial.add(change(Kind.INSERT, "{\"id\":1,\"a\":\"x\"}"));

        assertThat(partial.isInOrderOnly()).isTrue();
    }
}
