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
 * Writes records as JSON. Fields have the names of the record components in snake case; the fields of a nested record are
 * written as fields of the outer one. Numbers and booleans are written as such, durations in seconds, lists of records as
 * arrays of objects, null as null, everything else as text.
 */
public final class Json {
    /** Writes a record as an object, or a list of records as an array, in one line. */
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

    /** Prints an array of objects, one per line. */
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

    /** The fields of a record as they are written, by name. */
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

    /** Whether a record has its own {@code toString}, as a table's name has; then it is written as one value. */
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
