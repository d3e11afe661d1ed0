package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.error.LondisteException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One of several parts of a table's rows, by a hash of columns: the same on every server and in every version of PostgreSQL.
 *
 * @param columns whose values decide
 * @param number of this part, from 0
 * @param parts how many there are
 */
public record Shard(List<String> columns, int number, int parts) {
    private static final Pattern FORM = Pattern.compile("(.+):\\s*(\\d{1,9})\\s*/\\s*(\\d{1,9})", Pattern.DOTALL);

    public Shard {
        columns = List.copyOf(columns);
    }

    /**
     * Reads {@code COLUMN,COLUMN:NUMBER/PARTS}.
     *
     * @param text null: no shard
     * @throws LondisteException if it is not of this form
     */
    public static Shard of(String text) {
        if (text == null) {
            return null;
        }
        var form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new LondisteException("--shard is not of the form COLUMN[,COLUMN]:NUMBER/PARTS: " + text);
        }
        var shard = new Shard(
                Selection.split(form.group(1)).stream().map(Selection::unquoted).toList(),
                Integer.parseInt(form.group(2)),
                Integer.parseInt(form.group(3)));
        if (shard.columns.isEmpty() || shard.number >= shard.parts) {
            throw new LondisteException(
                    "--shard " + text + ": there are shards 0 to PARTS - 1, of at least one column");
        }
        return shard;
    }

    /** The SQL condition for its rows: the first 32 bits of the MD5 of the columns' texts, with commas between them. */
    public String condition() {
        return "('x' || substr(md5("
                + columns.stream()
                        .map(column -> "coalesce(" + TableName.quote(column) + "::text, '')")
                        .collect(Collectors.joining(" || ',' || "))
                + "), 1, 8))::bit(32)::bigint % " + parts + " = " + number;
    }

    /** As it is declared. */
    public String text() {
        return columns.stream().map(Selection::quoted).collect(Collectors.joining(",")) + ":" + number + "/" + parts;
    }
}
