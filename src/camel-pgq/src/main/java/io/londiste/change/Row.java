package io.londiste.change;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns of a row with their values as the provider wrote them.
 *
 * <p>A value is kept as the JSON text in which it was received, so that nothing is lost: PostgreSQL converts types,
 * Java never does. Not safe for use by several threads at once.
 */
public final class Row {
    /**
     * Without the parser's limits, which protect against untrusted input: a column may hold any value PostgreSQL
     * accepts.
     */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .build();

    private static final String NULL = "null";

    private final List<String> columns;
    private final List<String> values;
    /** The text it was read from; null once a value was changed. */
    private String json;

    private Row(List<String> columns, List<String> values, String json) {
        this.columns = columns;
        this.values = values;
        this.json = json;
    }

    /** A row without columns, to be filled. */
    public Row() {
        this(new ArrayList<>(), new ArrayList<>(), null);
    }

    /**
     * Reads a JSON object.
     *
     * @throws IllegalArgumentException if {@code json} is not a JSON object
     */
    public static Row ofJson(String json) {
        List<String> columns = new ArrayList<>();
        List<String> values = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not a JSON object: " + json);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                columns.add(parser.currentName());
                parser.nextToken();
                int start = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                parser.finishToken();
                values.add(json.substring(start, (int) parser.currentLocation().getCharOffset()));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not a JSON object: " + json, e);
        }
        return new Row(columns, values, json);
    }

    /** The same columns with other values: their texts in the same order, null for SQL NULL. */
    Row withTexts(List<String> texts) {
        if (texts.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "a record of " + texts.size() + " values for " + columns.size() + " columns " + columns);
        }
        return new Row(columns, new ArrayList<>(texts.stream().map(Row::json).toList()), null);
    }

    /** The columns' names in the provider's order. */
    public List<String> columns() {
        return List.copyOf(columns);
    }

    /** Whether the row has the column, even if its value is null. */
    public boolean has(String column) {
        return columns.contains(column);
    }

    /**
     * The value's text; null where the value is null.
     *
     * @throws IllegalArgumentException if there is no such column
     */
    public String get(String column) {
        return text(value(column));
    }

    /** Sets a column's value, given as text; null for SQL NULL. A column that the row lacks is added. */
    public Row set(String column, String text) {
        json = null;
        int at = columns.indexOf(column);
        if (at < 0) {
            columns.add(column);
            values.add(json(text));
        } else {
            values.set(at, json(text));
        }
        return this;
    }

    /** Removes a column, so that the subscriber keeps its own value or uses the default. */
    public Row remove(String column) {
        int at = columns.indexOf(column);
        if (at >= 0) {
            json = null;
            columns.remove(at);
            values.remove(at);
        }
        return this;
    }

    /** The value as JSON, exactly as it was received. */
    String value(String column) {
        int at = columns.indexOf(column);
        if (at < 0) {
            throw new IllegalArgumentException("the event has no column " + column + ", only " + columns);
        }
        return values.get(at);
    }

    /** A row with only these columns. */
    public Row only(List<String> some) {
        return new Row(some, some.stream().map(this::value).toList(), null);
    }

    /** A copy of this row in which the other's columns replace those of the same name. */
    public Row with(Row other) {
        Row merged = new Row(new ArrayList<>(columns), new ArrayList<>(values), null);
        for (int i = 0; i < other.columns.size(); i++) {
            int at = columns.indexOf(other.columns.get(i));
            if (at < 0) {
                merged.columns.add(other.columns.get(i));
                merged.values.add(other.values.get(i));
            } else {
                merged.values.set(at, other.values.get(i));
            }
        }
        return merged;
    }

    /** The columns' names in the provider's order, without a copy: the list must not be changed, and changes with the row. */
    public List<String> layout() {
        return columns;
    }

    /** Its approximate size in memory, in characters. */
    public int size() {
        int size = json == null ? 0 : json.length();
        for (String value : values) {
            size += value.length();
        }
        return size;
    }

    /** The row as a JSON object. */
    public String toJson() {
        if (json == null) {
            StringBuilder text = new StringBuilder("{");
            for (int i = 0; i < columns.size(); i++) {
                text.append(i == 0 ? "" : ",")
                        .append(json(columns.get(i)))
                        .append(':')
                        .append(values.get(i));
            }
            json = text.append('}').toString();
        }
        return json;
    }

    /** A text as JSON; null becomes JSON's null. */
    public static String json(String text) {
        return text == null
                ? NULL
                : '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    private static String text(String value) {
        if (value.equals(NULL)) {
            return null;
        }
        if (!value.startsWith("\"")) {
            return value;
        }
        if (value.indexOf('\\') < 0) {
            return value.substring(1, value.length() - 1);
        }
        try (JsonParser parser = JSON.createParser(value)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            throw new IllegalArgumentException("not a JSON value: " + value, e);
        }
    }

    @Override
    public String toString() {
        return toJson();
    }
}
