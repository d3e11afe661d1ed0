package io.londiste.test;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what all threads and sessions are doing when a test has waited for a condition in vain, before the test ends them:
 * on another machine, nobody can look at them later.
 */
public final class Standstill implements TestExecutionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Standstill.class);

    private static final String SESSIONS = """
            select string_agg(format('%s %s %s, %s %s, blocked by %s, for %s: %s', pid, datname, state, wait_event_type,
              wait_event, pg_blocking_pids(pid), clock_timestamp() - state_change, left(query, 200)), e'\\n  ' order by pid)
            from pg_stat_activity where datname is not null and pid <> pg_backend_pid()
            """;

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable error) throws Throwable {
        if (error instanceof ConditionTimeoutException) {
            LOG.error("{} waited in vain; threads:\n  {}", context.getDisplayName(), threads());
            Servers.SHARED.running().forEach(Standstill::logSessions);
        }
        throw error;
    }

    /** Threads that run our code, with a few frames of each. */
    private static String threads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().startsWith("io.londiste")))
                .map(thread -> thread.getKey() + ": "
                        + Arrays.stream(thread.getValue())
                                .limit(20)
                                .map(StackTraceElement::toString)
                                .collect(Collectors.joining("\n    ")))
                .collect(Collectors.joining("\n  "));
    }

    private static void logSessions(Server server) {
        try (var connection = DriverManager.getConnection(
                        "jdbc:postgresql://" + server.host() + ":" + server.port() + "/postgres",
                        server.user(),
                        server.password());
                var statement = connection.createStatement();
                var row = statement.executeQuery(SESSIONS)) {
            row.next();
            LOG.error("sessions of the server at port {}:\n  {}", server.port(), row.getString(1));
        } catch (SQLException e) {
            LOG.error("sessions of the server at port {}", server.port(), e);
        }
    }
}
