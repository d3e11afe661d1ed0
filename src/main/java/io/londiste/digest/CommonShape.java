package io.londiste.digest;

import io.londiste.change.TableName;
import io.londiste.error.LondisteException;
import io.londiste.table.Mapping;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The columns and the key that both sides of a table have.
 *
 * @param table the subscriber's table
 * @param tableThere the provider's table
 * @param columns the columns that both have, as the provider's catalog has them, in its order
 * @param key the primary key, if it is the same on both sides; otherwise empty, and rows are compared as a multiset
 * @param compared the columns whose values are compared
 * @param target the table on the provider, as it is
 * @param source what to select from on the provider, to see the rows as they are replicated
 * @param targetHere what to select from, on the subscriber
 * @param onlyOnProvider columns that the subscriber does not have
 * @param onlyOnSubscriber columns that the provider does not have
 */
public record CommonShape(
        TableName table,
        TableName tableThere,
        List<Column> columns,
        List<Column> key,
        List<Column> compared,
        String target,
        String source,
        String targetHere,
        List<String> onlyOnProvider,
        List<String> onlyOnSubscriber) {

    /** @param mapping what the table is replicated as */
    static CommonShape of(TableShape there, TableShape here, Mapping mapping) {
        mapping.requireDeclared(there);
        boolean altered = !mapping.columns().isEmpty() || !mapping.set().isEmpty();
        var columns = there.columns().stream()
                .filter(column -> mapping.has(column.name()))
                .filter(column -> here.column(column.name()) != null)
                // generated from what is replicated in place of the provider's columns
                .filter(column -> !altered || !here.column(column.name()).generated())
                .toList();
        boolean sameKey = !there.key().isEmpty()
                && (there.key().equals(here.key())
                        || mapping.partitioning() != null
                                && mapping.partitioning().isExtended(there.key(), here.key()));
        var key = sameKey ? there.key().stream().map(there::column).toList() : List.<Column>of();
        if (!mapping.operations().isAll() && key.isEmpty()) {
            throw new LondisteException(
                    "without a primary key that is the same on both sides, rows that differ as expected" + " (ops "
                            + mapping.operations().text() + ") cannot be told from others");
        }
        return new CommonShape(
                here.name(),
                there.name(),
                columns,
                key,
                mapping.operations().keepValues() ? key : columns,
                there.target(),
                mapping.rows(there),
                here.target(),
                lacking(there, here).stream().filter(mapping::has).toList(),
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
