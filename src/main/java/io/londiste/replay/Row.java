package io.londiste.replay;

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
 * <p>A value stays the piece of JSON that it came as, so that nothing is lost on the way: PostgreSQL converts types,
 * Java never does. Not safe for use by several threads at once.
 */
public final class Row {
    /** Without the parser's limits, which are there for strangers' input: a column may hold whatever PostgreSQL takes. */
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
    /** The text it was read from, as long as nothing was changed. */
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
     * @throws IllegalArgumentException if {@code json} is no object
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

    /** The same columns with other values: their texts in the same order, null for SQL's NULL. */
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

    /** Whether the row has the column, be it null. */
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

    /** Gives a column another value, by its text; null for SQL's NULL. A column that is not there is added. */
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

    /** Leaves a column out, so that the subscriber's stays what it is, or its default. */
    public Row remove(String column) {
        int at = columns.indexOf(column);
        if (at >= 0) {
            json = null;
            columns.remove(at);
            values.remove(at);
        }
        return this;
    }

    /** The value as JSON, exactly as it came. */
    String value(String column) {
        int at = columns.indexOf(column);
        if (at < 0) {
            throw new IllegalArgumentException("the event has no column " + column + ", only " + columns);
        }
        return values.get(at);
    }

    /** A row of only some of the columns. */
    Row only(List<String> some) {
        return new Row(some, some.stream().map(this::value).toList(), null);
    }

    /** This row with the other's columns put over it. */
    Row with(Row other) {
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

    List<String> layout() {
        return columns;
    }

    /** About how much memory it takes, in characters. */
    int size() {
        int size = json == null ? 0 : json.length();
        for (String value : values) {
            size += value.length();
        }
        return size;
    }

    /** The row as a JSON object. */
    String toJson() {
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

    static String json(String text) {
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
