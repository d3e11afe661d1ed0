package io.londiste.app;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes records as JSON. Fields have the names of the records' components, with {@code _} between their words; a record
 * that is part of another counts as its fields. Numbers and booleans are written as such, times as seconds, whatever is
 * absent as null, lists of records as arrays of objects, all else as text.
 */
public final class Json {
    /** The record as one object in one line, or a list of them as an array. */
    public String of(Object value) {
        var text = new StringWriter();
        try (var json = new JsonFactory().createGenerator(text)) {
            json.enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
            write(json, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Prints an array of objects, one a line. */
    public static void print(PrintStream out, List<? extends Record> rows) {
        var lines = new DefaultPrettyPrinter()
                .withSeparators(
                        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.NONE));
        lines.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        lines.indentObjectsWith(new DefaultPrettyPrinter.NopIndenter());
        try (var json = new JsonFactory().createGenerator(out, JsonEncoding.UTF8)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
            json.setPrettyPrinter(lines);
            write(json, rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Number number) {
            json.writeNumber(new BigDecimal(number.toString()));
        } else if (value instanceof Duration time) {
            json.writeNumber(BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros());
        } else if (value instanceof List<?> rows) {
            json.writeStartArray();
            for (var row : rows) {
                write(json, row);
            }
            json.writeEndArray();
        } else if (value instanceof Record row && !hasWrittenForm(row)) {
            json.writeStartObject();
            for (var field : fields(row).entrySet()) {
                json.writeFieldName(field.getKey());
                write(json, field.getValue());
            }
            json.writeEndObject();
        } else {
            json.writeString(value.toString());
        }
    }

    /** What a record is written as, by name. */
    public static Map<String, Object> fields(Record row) {
        var fields = new LinkedHashMap<String, Object>();
        for (var component : row.getClass().getRecordComponents()) {
            var value = value(row, component);
            if (value instanceof Record part && !hasWrittenForm(part)) {
                fields.putAll(fields(part));
            } else {
                fields.put(component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT), value);
            }
        }
        return fields;
    }

    /** Whether a record says by itself how it is written, as a table's name does: then it is one value. */
    private static boolean hasWrittenForm(Record record) {
        return !record.toString().startsWith(record.getClass().getSimpleName() + "[");
    }

    private static Object value(Record row, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(row);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component.toString(), e);
        }
    }
}
