package io.londiste.schema;

import io.londiste.pgq.SqlFiles;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The SQL files of a schema with upgrade steps. */
record Manifest(SqlFiles sql) {
    /** The file of an upgrade step, with its number and name. */
    static final Pattern STEP = Pattern.compile("upgrade/(\\d{3})_(\\w+)\\.sql");

    Manifest(String directory) {
        this(new SqlFiles(directory));
    }

    /** The names of the files in the order in which they are run. */
    List<String> files() {
        return sql.names();
    }

    /** The number of the last upgrade step; 0 if there is none. */
    int version() {
        return files().stream()
                .map(STEP::matcher)
                .filter(Matcher::matches)
                .mapToInt(step -> Integer.parseInt(step.group(1)))
                .max()
                .orElse(0);
    }

    /** Runs one of the files; an error names it. */
    void run(Connection connection, String file) throws SQLException {
        sql.run(connection, file);
    }
}
