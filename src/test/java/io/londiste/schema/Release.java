package io.londiste.schema;

import io.londiste.test.Db;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The SQL that an earlier program installed.
 *
 * @param name its schema version, and the commit it is from
 * @param files their texts by path
 */
record Release(String name, Map<String, String> files) {
    private static final Path ARCHIVE = Path.of("src/test/resources/schema/releases.tar.xz");

    /** One of each schema version, the oldest first. */
    static List<Release> all() {
        var releases = new TreeMap<String, Map<String, String>>();
        try (var tar = new TarArchiveInputStream(new XZInputStream(Files.newInputStream(ARCHIVE)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    var parts = entry.getName().split("/", 2);
                    releases.computeIfAbsent(parts[0], name -> new HashMap<>())
                            .put(parts[1], new String(tar.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var all = new ArrayList<Release>();
        releases.forEach((name, files) -> all.add(new Release(name, files)));
        all.sort(Comparator.comparing(Release::version));
        return all;
    }

    static Release of(int version) {
        return all().stream()
                .filter(release -> release.version() == version)
                .findFirst()
                .orElseThrow();
    }

    int version() {
        return Integer.parseInt(name.substring(0, name.indexOf('-')));
    }

    /** Installs a schema, {@code pgq} or {@code londiste}, as its program did in a new database. */
    void install(Db db, String schema) {
        var directory = "sql/" + schema + "/";
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setEscapeProcessing(false);
            statement.execute("set local client_min_messages = warning; set local standard_conforming_strings = on");
            for (var file : files.get(directory + "install.txt").lines().toList()) {
                var step = Manifest.STEP.matcher(file);
                if (step.matches()) {
                    statement.execute("insert into londiste.upgrade (nr, name) values ("
                            + Integer.parseInt(step.group(1)) + ", '" + step.group(2) + "')");
                } else if (!file.isBlank() && !file.startsWith("#")) {
                    statement.execute(files.get(directory + file.strip()));
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(name + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
