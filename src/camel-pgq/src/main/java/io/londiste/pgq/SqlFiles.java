package io.londiste.pgq;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The SQL files of a schema, which are resources in one directory. Its file {@code install.txt} lists them in the order in
 * which they are run.
 *
 * @param directory the directory on the class path
 */
public record SqlFiles(String directory) {
    /** The names of the files, in their order. */
    public List<String> names() {
        return text("install.txt")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /**
     * Runs one of the files.
     *
     * @throws SQLException if one of its statements fails; the message names the file
     */
    public void run(Connection connection, String name) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(text(name));
        } catch (SQLException e) {
            throw new SQLException(
                    directory + "/" + name + ": " + e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
        }
    }

    private String text(String name) {
        var resource = directory + "/" + name;
        try (InputStream in = SqlFiles.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new PgqException("resource " + resource + " is missing on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new PgqException("cannot read " + resource + ": " + e.getMessage(), e);
        }
    }
}
