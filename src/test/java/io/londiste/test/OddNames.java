package io.londiste.test;

import java.util.List;

/** Names of schemas, tables, columns and so on that PostgreSQL takes, and that break SQL which was put together carelessly. */
public final class OddNames {
    /** All of them. {@code test.boom()} is to be called by nobody. */
    public static final List<String> ALL = List.of(
            "cr\rdeclare londiste_x int := test.boom();--",
            "lf\ndeclare londiste_x int := test.boom();--",
            "crlf\r\n\\! false\r\n\\g\r\n",
            "nel\u0085declare londiste_x int := test.boom();--",
            "ls\u2028declare x int := test.boom();--",
            "vt\u000b ff\f soh\u0001 del\u007f",
            "quote' || test.boom() || '",
            "''); select test.boom(); --",
            "double\" || test.boom() || \"",
            "\"\"; select test.boom(); --\"",
            "$body$ $make$ $$ $using$ $when$ $1",
            "back\\' || test.boom() --",
            "trailing\\",
            "\\\\ \\u0041 \\000a",
            "%s %I %L %1$s %% %",
            ":x :'x' :\"x\" ::text",
            "?, {fn now()}, ??",
            "/* comment",
            "*/ --",
            "a.b.c",
            " blanks ",
            "from londiste_old as",
            "londiste_row",
            "londiste_now",
            "londiste_old",
            "londiste_fields",
            "slot",
            "select",
            "&=+,:{}[]\"",
            "_TABLE_",
            "x".repeat(63),
            "\u00e4".repeat(31) + "\"",
            "\ud83d\udc18");

    private OddNames() {}

    /** A name as an identifier in SQL. */
    public static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A text as a literal in SQL, whatever {@code standard_conforming_strings} says. */
    public static String literal(String text) {
        return " E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
