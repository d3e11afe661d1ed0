package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.Row;
import io.londiste.change.TableName;
import io.londiste.db.SqlState;
import io.londiste.replay.OrderedRun.Shapes;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Determines whether rows of a run have the same key by the rules of the subscriber's table.
 *
 * <p>One key can have several spellings: as JSON or as text, from triggers that ran under other settings, as 1.0 and
 * 1.00, or in different case where the type or collation ignores case. Where a type's equality is not that of its
 * texts, the server is queried, once for each run and table.
 */
final class RowKeys {
    /** Equality of texts and numbers only, without a server. */
    static final RowKeys OF_TEXTS = new RowKeys(Map.of());

    private record Spelling(TableName table, List<String> columns, String text) {}

    private final Map<Spelling, String> numbers;

    private RowKeys(Map<Spelling, String> numbers) {
        this.numbers = numbers;
    }

    static RowKeys of(Connection transaction, Shapes shapes, TableWriter writer, List<Change> changes)
            throws SQLException {
        record Key(TableShape shape, List<String> columns) {}
        Map<Key, Map<String, Row>> asked = new LinkedHashMap<>();
        for (Change change : changes) {
            TableShape shape = shapes.of(change.table());
            List<String> columns = NetChanges.keyColumns(change, shape);
            if (columns.stream().map(shape::column).allMatch(c -> c == null || isKnown(c))) {
                continue;
            }
            Map<String, Row> rows = asked.computeIfAbsent(new Key(shape, columns), key -> new LinkedHashMap<>());
            rows.putIfAbsent(text(shape, change.row(), columns), change.row());
            if (change.oldKey() != null) {
                rows.putIfAbsent(text(shape, change.oldKey(), columns), change.oldKey());
            }
        }
        Map<Spelling, String> numbers = new HashMap<>();
        for (var entry : asked.entrySet()) {
            Key key = entry.getKey();
            Map<String, Row> rows = entry.getValue();
            if (rows.size() > 1) {
                List<Long> found = ask(transaction, writer, key.shape, key.columns, new ArrayList<>(rows.values()));
                int i = 0;
                for (String text : rows.keySet()) {
                    numbers.put(
                            new Spelling(key.shape.name(), key.columns, text),
                            found.isEmpty() ? text : found.get(i++).toString());
                }
            }
        }
        return new RowKeys(numbers);
    }

    /** Returns an empty list for a type without an order, whose texts are compared instead. */
    private static List<Long> ask(
            Connection transaction, TableWriter writer, TableShape shape, List<String> columns, List<Row> rows)
            throws SQLException {
        Savepoint before = transaction.setSavepoint();
        List<Long> numbers;
        try {
            numbers = writer.keyNumbers(
                    shape.name(),
                    new TableSql(shape, false).keyNumbers(columns),
                    rows.stream().map(row -> row.only(columns)).toList());
        } catch (TableException e) {
            if (!SqlState.isNoSuchFunction(e)) {
                throw e;
            }
            transaction.rollback(before);
            numbers = List.of();
        }
        transaction.releaseSavepoint(before);
        return numbers;
    }

    /** A text that is the same for rows of the table with the same key in these columns. */
    String of(TableShape shape, Row row, List<String> columns) {
        String text = text(shape, row, columns);
        return numbers.isEmpty() ? text : numbers.getOrDefault(new Spelling(shape.name(), columns, text), text);
    }

    /** Whether both rows have the same key in the same spelling, except for the difference between JSON and text. */
    static boolean isSpelledAlike(Row one, Row other, List<String> columns) {
        return columns.stream().allMatch(column -> {
            String text = one.get(column);
            return text == null ? other.get(column) == null : text.equals(other.get(column));
        });
    }

    private static boolean isKnown(Column column) {
        return column.hasOneTextPerValue() || column.plainType().equals("numeric");
    }

    private static String text(TableShape shape, Row row, List<String> columns) {
        StringBuilder text = new StringBuilder();
        for (String name : columns) {
            Column column = shape.column(name);
            String value = row.get(name);
            text.append(Row.json(
                            column != null && column.plainType().equals("numeric") && value != null
                                    ? number(value)
                                    : value))
                    .append(',');
        }
        return text.toString();
    }

    private static String number(String text) {
        try {
            BigDecimal number = new BigDecimal(text);
            return number.signum() == 0 ? "0" : number.stripTrailingZeros().toString();
        } catch (NumberFormatException e) {
            return text; // NaN, Infinity
        }
    }
}
