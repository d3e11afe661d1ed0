package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.replay.Change.Kind;
import io.londiste.table.TableName;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetChangesTest {
    private static final TableName TABLE = new TableName("public", "t");

    private final NetChanges net = new NetChanges(new TableShape(
            TABLE,
            List.of(new Column("id", "integer", false, false, "="), new Column("v", "text", false, false, "=")),
            List.of("id"),
            false));

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
    void the_last_row_of_a_key_counts() {
        insert(1, "a");
        update(1, "b");
        update(2, "c");
        update(2, "d");

        assertNet(List.of(), List.of(), List.of("2d"), List.of("1b"));
    }

    @Test
    void what_came_and_went_leaves_nothing() {
        insert(1, "a");
        delete(1);

        assertNet(List.of(), List.of(), List.of(), List.of());
    }

    @Test
    void a_row_that_went_and_came_back_is_updated() {
        delete(1);
        insert(1, "b");

        assertNet(List.of(), List.of(), List.of("1b"), List.of());
    }

    @Test
    void a_moved_row_goes_from_its_first_key_to_its_last() {
        move(1, 2, "a");
        move(2, 3, "b");

        assertNet(List.of(), List.of("1>3b"), List.of(), List.of());
    }

    @Test
    void a_row_that_moves_there_and_back_is_updated() {
        move(1, 2, "a");
        move(2, 1, "b");

        assertNet(List.of(), List.of(), List.of("1b"), List.of());
    }

    @Test
    void a_moved_row_that_is_deleted_is_deleted_where_it_was() {
        move(1, 2, "a");
        delete(2);

        assertNet(List.of("1"), List.of(), List.of(), List.of());
    }

    @Test
    void a_new_row_that_is_moved_is_inserted_where_it_ends() {
        insert(1, "a");
        move(1, 2, "b");
        move(2, 3, "c");

        assertNet(List.of(), List.of(), List.of(), List.of("3c"));
    }

    @Test
    void a_row_may_move_where_another_was() {
        delete(2);
        move(1, 2, "a");
        insert(1, "b");

        assertNet(List.of("2old"), List.of("1>2a"), List.of(), List.of("1b"));
    }

    @Test
    void a_row_that_is_updated_after_its_delete_is_there() {
        delete(1);
        update(1, "b");

        assertNet(List.of(), List.of(), List.of("1b"), List.of());
    }

    @Test
    void a_row_that_came_back_and_was_updated_before_its_insert_was_captured_is_updated() {
        delete(1);
        update(1, "b");
        insert(1, "b");

        assertNet(List.of(), List.of(), List.of("1b"), List.of());
    }

    @Test
    void a_row_that_is_deleted_twice_is_gone() {
        delete(1);
        delete(1);

        assertNet(List.of("1old"), List.of(), List.of(), List.of());
    }

    @Test
    void rows_identified_in_different_ways_are_left_to_the_order_of_events() {
        insert(1, "a");
        net.add(new Change(null, TABLE, Kind.DELETE, List.of("v"), Row.ofJson("{\"v\":\"a\"}"), null));

        assertThat(net.isInOrderOnly()).isTrue();
    }

    @Test
    void an_update_captured_before_its_insert_is_part_of_the_new_row() {
        update(1, "b");
        insert(1, "b");

        assertNet(List.of(), List.of(), List.of(), List.of("1b"));
    }

    @Test
    void an_update_captured_before_the_move_is_part_of_the_moved_row() {
        update(2, "b");
        move(1, 2, "b");

        assertNet(List.of(), List.of("1>2b"), List.of(), List.of());
    }

    @Test
    void changes_in_part_add_up() {
        insert(1, "a");
        net.add(new Change(null, TABLE, Kind.UPDATE, List.of("id"), Row.ofJson("{\"id\":1}"), null));

        assertNet(List.of(), List.of(), List.of(), List.of("1a"));
    }
}
