package io.londiste.db;

import java.sql.SQLException;
import java.util.Set;

/** What PostgreSQL's error codes mean for us; the only place that looks at them, and never at message texts. */
public final class SqlState {
    /** Classes of errors that have nothing to do with the data: connection, conflict with others, resources, shutdown. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "57", "58");

    private static final String LOCK_TIMEOUT = "55P03";

    /** A lock that was not to be had, and a server that is a read-only standby for now. */
    private static final Set<String> PASSING = Set.of(LOCK_TIMEOUT, "25006");

    private SqlState() {}

    /** The SQLSTATE of the first {@link SQLException} among the causes; empty if there is none. */
    public static String of(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }

    /** Whether the same may succeed later without anybody changing anything. */
    public static boolean isPassing(Throwable error) {
        String state = of(error);
        return state.length() == 5 && (PASSING_CLASSES.contains(state.substring(0, 2)) || PASSING.contains(state));
    }

    /** Whether a lock was not to be had within lock_timeout. */
    public static boolean isLockTimeout(Throwable error) {
        return of(error).equals(LOCK_TIMEOUT);
    }

    /** Whether a schema is not there. */
    public static boolean isNoSuchSchema(Throwable error) {
        return of(error).equals("3F000");
    }

    /** Whether a function is not there. */
    public static boolean isNoSuchFunction(Throwable error) {
        return of(error).equals("42883");
    }

    /** Whether a constraint was violated. */
    public static boolean isConstraintViolation(Throwable error) {
        return of(error).startsWith("23");
    }

    /** Whether a value is none of its type, or out of its range. */
    public static boolean isBadValue(Throwable error) {
        return of(error).startsWith("22");
    }

    /** Whether a row of that key is there already. */
    public static boolean isUniqueViolation(Throwable error) {
        return of(error).equals("23505");
    }

    /** Whether TRUNCATE was refused because foreign keys point at the table. */
    public static boolean isFeatureNotSupported(Throwable error) {
        return of(error).equals("0A000");
    }
}
