package io.londiste.change;

import java.util.ArrayList;
import java.util.List;

/** Reads the text form of a PostgreSQL composite value: {@code (1,"a ""b""",)}. */
final class RecordText {
    private final String text;
    private int at = 1;

    private RecordText(String text) {
        this.text = text;
    }

    /** The fields' texts in their order, null for NULL. */
    static List<String> fields(String text) {
        if (text.length() < 2 || text.charAt(0) != '(' || text.charAt(text.length() - 1) != ')') {
            throw new IllegalArgumentException("not a record: " + text);
        }
        return new RecordText(text).read();
    }

    private List<String> read() {
        List<String> fields = new ArrayList<>();
        do {
            fields.add(field());
        } while (text.charAt(at++) == ',');
        return fields;
    }

    private String field() {
        if (text.charAt(at) == ',' || at == text.length() - 1) {
            return null;
        }
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (; quoted || (text.charAt(at) != ',' && at < text.length() - 1); at++) {
            char c = text.charAt(at);
            if (c == '\\') {
                field.append(text.charAt(++at));
            } else if (c != '"') {
                field.append(c);
            } else if (quoted && text.charAt(at + 1) == '"') {
                field.append(text.charAt(++at)); // doubled: the quote itself
            } else {
                quoted = !quoted;
            }
        }
        return field.toString();
    }
}
