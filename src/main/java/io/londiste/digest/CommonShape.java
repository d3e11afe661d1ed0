package io.londiste.digest;

import io.londiste.table.TableName;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The columns and the key that both sides of a table have.
 *
 * @param columns the columns that both have, as the provider's catalog has them, in its order
 * @param key the primary key, if it is the same on both sides; otherwise empty, and rows are compared as a multiset
 * @param target what to select from, on the provider
 * @param targetHere what to select from, on the subscriber
 * @param onlyOnProvider columns that the subscriber does not have
 * @param onlyOnSubscriber columns that the provider does not have
 */
public record CommonShape(
        TableName table,
        List<Column> columns,
        List<Column> key,
        String target,
        String targetHere,
        List<String> onlyOnProvider,
        List<String> onlyOnSubscriber) {

    static CommonShape of(TableShape there, TableShape here) {
        var columns = there.columns().stream()
                .filter(column -> here.column(column.name()) != null)
                .toList();
        boolean sameKey = !there.key().isEmpty() && there.key().equals(here.key());
        return new CommonShape(
                there.name(),
                columns,
                sameKey ? there.key().stream().map(there::column).toList() : List.of(),
                there.target(),
                here.target(),
                lacking(there, here),
                lacking(here, there));
    }

    private static List<String> lacking(TableShape some, TableShape others) {
        return some.columns().stream()
                .map(Column::name)
                .filter(name -> others.column(name) == null)
                .toList();
    }

    /** The row's {@link #text}. */
    String rowText() {
        return text(columns);
    }

    /** The key's {@link #text}, which is the row's where there is no key. */
    String keyText() {
        return text(keyOrRow());
    }

    /** The columns that identify a row: the key, or all columns where there is no key. */
    List<Column> keyOrRow() {
        return key.isEmpty() ? columns : key;
    }

    /** The columns' text as an SQL expression: every type's own output, with null different from empty. */
    static String text(List<Column> some) {
        return some.stream().map(Column::quoted).collect(Collectors.joining(", ", "row(", ")::text"));
    }
}
