package io.londiste.change;

import io.londiste.change.Change.Kind;
import io.londiste.pgq.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads events as {@code sqltriga} and Londiste 2's {@code logtriga} write them: the tail of an SQL statement.
 *
 * <ul>
 *   <li>I: {@code (id,name) values ('1','a')}
 *   <li>U: {@code name='b' where id='1'}, changed columns only
 *   <li>D: {@code id='1' and part='2'}
 * </ul>
 */
final class SqlForm {
    private final String text;
    private int at;

    private SqlForm(String text) {
        this.text = text;
    }

    static Change decode(Event event, TableName table, Kind kind) {
        SqlForm form = new SqlForm(event.data());
        Row row = new Row();
        List<String> keyColumns = List.of();
        Row oldKey = null;
        switch (kind) {
            case INSERT -> form.insert(row);
            case UPDATE -> {
                form.assignments(row, ",");
                form.expect("where");
                oldKey = new Row();
                form.assignments(oldKey, "and");
                keyColumns = oldKey.columns();
                oldKey = completeKey(row, oldKey);
            }
            default -> {
                form.assignments(row, "and");
                keyColumns = row.columns();
            }
        }
        if (form.at < form.text.length()) {
            throw form.error("nothing more");
        }
        return new Change(event, table, kind, keyColumns, row, oldKey);
    }

    /** Adds unchanged key columns to the row, and returns the old key if a key column changed. */
    private static Row completeKey(Row row, Row key) {
        boolean changed = false;
        for (String column : key.columns()) {
            if (!row.has(column)) {
                row.set(column, key.get(column));
            } else {
                changed |= !row.value(column).equals(key.value(column));
            }
        }
        return changed ? key : null;
    }

    private void insert(Row row) {
        List<String> columns = new ArrayList<>();
        expect("(");
        do {
            columns.add(identifier());
        } while (accept(","));
        expect(")");
        expect("values");
        expect("(");
        for (String column : columns) {
            row.set(column, literal());
            accept(",");
        }
        expect(")");
    }

    private void assignments(Row row, String separator) {
        do {
            String column = identifier();
            if (accept("is")) {
                expect("null");
                row.set(column, null);
            } else {
                expect("=");
                row.set(column, literal());
            }
        } while (accept(separator));
    }

    private String identifier() {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == '"') {
            return quoted('"', false);
        }
        int start = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "_$".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        if (start == at) {
            throw error("a column");
        }
        return text.substring(start, at);
    }

    private String literal() {
        skipBlanks();
        if (accept("null")) {
            return null;
        }
        boolean escapes = accept("E");
        if (at < text.length() && text.charAt(at) == '\'') {
            return quoted('\'', escapes);
        }
        int start = at;
        while (at < text.length() && ",) ".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        if (start == at) {
            throw error("a value");
        }
        return text.substring(start, at);
    }

    private String quoted(char quote, boolean escapes) {
        StringBuilder content = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == quote && !text.startsWith(String.valueOf(quote), at + 1)) {
                at++;
                return content.toString();
            }
            if (c == quote || (escapes && c == '\\')) {
                at++; // the escaped character is taken literally
            }
            content.append(text.charAt(at));
        }
        throw error("the end of a quoted text");
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean accept(String word) {
        skipBlanks();
        if (!text.regionMatches(true, at, word, 0, word.length())) {
            return false;
        }
        at += word.length();
        return true;
    }

    private void expect(String word) {
        if (!accept(word)) {
            throw error("'" + word + "'");
        }
    }

    private IllegalArgumentException error(String expected) {
        return new IllegalArgumentException("expected " + expected + " at character " + at + " of: " + text);
    }
}
