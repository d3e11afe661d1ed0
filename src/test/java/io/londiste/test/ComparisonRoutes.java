package io.londiste.test;

import io.londiste.app.Application;
import io.londiste.config.Settings;
import io.londiste.digest.Compare;
import io.londiste.digest.Comparison;
import io.londiste.repair.Repair;
import io.londiste.repair.Repaired;
import io.londiste.sync.SyncOptions;
import io.londiste.sync.WorkListener;
import io.londiste.table.Selection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Compares and repairs a job's tables by the routes of a command, in this process. Used by one thread at a time. */
public final class ComparisonRoutes implements AutoCloseable {
    public static final SyncOptions PLAIN = new SyncOptions(false, false, null);

    private final Application application;
    private final List<Record> results = new ArrayList<>();

    public ComparisonRoutes(Settings settings) {
        this(settings, 2, WorkListener.NONE);
    }

    public ComparisonRoutes(Settings settings, int jobs, WorkListener work) {
        application = Application.comparing(settings, jobs, results::add, work);
        application.start();
    }

    /** The lock that a process has as long as it runs the replay of {@code job}; the job of a test has none. */
    public static Connection lockReplay(Db subscriber) throws SQLException {
        return lockReplay(subscriber, "job");
    }

    /** The same of another job. */
    public static Connection lockReplay(Db subscriber, String job) throws SQLException {
        var lock = subscriber.connect();
        try (var statement =
                lock.prepareStatement("select pg_advisory_lock(hashtext('londiste.replay'), hashtext(?))")) {
            statement.setString(1, job);
            statement.execute();
        }
        return lock;
    }

    /** Compares tables, all if none is named. */
    public List<Comparison> compare(String... tables) {
        return compare(PLAIN, tables);
    }

    public List<Comparison> compare(SyncOptions options, String... tables) {
        return send("compare", new Compare.Request(selection(tables), options, false), Comparison.class);
    }

    /** Counts the rows of tables, of all if none is named. */
    public List<Comparison> count(String... tables) {
        return count(PLAIN, tables);
    }

    public List<Comparison> count(SyncOptions options, String... tables) {
        return send("compare", new Compare.Request(selection(tables), options, true), Comparison.class);
    }

    /** Writes the statements that repair tables, between BEGIN and COMMIT. */
    public List<Repaired> write(Path directory, SyncOptions options, String... tables) {
        return send("repair", new Repair.Request(selection(tables), options, false, true, directory), Repaired.class);
    }

    /** The same by a daemon, whose job the files' names contain. */
    public List<Repaired> write(Path directory, String job, String... tables) {
        return send(
                "repair", new Repair.Request(selection(tables), PLAIN, false, true, directory, job), Repaired.class);
    }

    /** Repairs tables. */
    public List<Repaired> apply(Path directory, SyncOptions options, String... tables) {
        return send("repair", new Repair.Request(selection(tables), options, true, false, directory), Repaired.class);
    }

    private static Selection selection(String... tables) {
        return tables.length == 0 ? Selection.ALL : Selection.of(tables);
    }

    private <T> List<T> send(String route, Object request, Class<T> kind) {
        results.clear();
        application.send(route, request);
        return results.stream().map(kind::cast).toList();
    }

    @Override
    public void close() {
        application.close();
    }
}
