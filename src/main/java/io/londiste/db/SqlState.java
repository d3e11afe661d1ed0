package io.londiste.db;

import java.sql.SQLException;
import java.util.Set;

/** What PostgreSQL's error codes mean to this program, which never decides by message texts. */
public final class SqlState {
    /** Classes of errors that are not caused by the data: connection, conflicts, resources, shutdown, system. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "57", "58");

    private static final String LOCK_TIMEOUT = "55P03";

    static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** Our own error about a connection pooler that does not keep sessions: object_not_in_prerequisite_state. */
    static final String UNSUITABLE_POOLER = "55000";

    /** A lock that could not be acquired, and a server that is a read-only standby at the moment. */
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

    /** Whether the same statement may succeed later although nothing is changed. */
    public static boolean isPassing(Throwable error) {
        String state = of(error);
        return state.length() == 5 && (PASSING_CLASSES.contains(state.substring(0, 2)) || PASSING.contains(state));
    }

    /**
     * Whether the driver or the server refused a connection because of what the connection string says or leaves out: no
     * encryption where it is required, no password. It does not pass by itself.
     */
    public static boolean isRejected(Throwable error) {
        return of(error).equals("08004");
    }

    /** Whether a lock could not be acquired within lock_timeout. */
    public static boolean isLockTimeout(Throwable error) {
        return of(error).equals(LOCK_TIMEOUT);
    }

    /** Whether the role lacks a right. */
    public static boolean isInsufficientPrivilege(Throwable error) {
        return of(error).equals(INSUFFICIENT_PRIVILEGE);
    }

    /** Whether something cannot be dropped, because other things depend on it, or sessions use it. */
    public static boolean isInUse(Throwable error) {
        return Set.of("2BP01", "55006").contains(of(error));
    }

    /** Whether a statement was cancelled. */
    public static boolean isCanceled(Throwable error) {
        return of(error).equals("57014");
    }

    /** Whether a schema does not exist. */
    public static boolean isNoSuchSchema(Throwable error) {
        return of(error).equals("3F000");
    }

    /** Whether a function does not exist. */
    public static boolean isNoSuchFunction(Throwable error) {
        return of(error).equals("42883");
    }

    /** Whether something does not exist that a statement names: a table, type, function, collation, schema or the like. */
    public static boolean isUndefined(Throwable error) {
        return Set.of("42P01", "42704", "42883", "42703", "3F000").contains(of(error));
    }

    /** Whether a statement cannot be run in a transaction. */
    public static boolean isNotInTransaction(Throwable error) {
        return of(error).equals("25001");
    }

    /** Whether a constraint was violated. */
    public static boolean isConstraintViolation(Throwable error) {
        return of(error).startsWith("23");
    }

    /** Whether a check was violated: that of a constraint or a domain, or, without either, that of a partition. */
    public static boolean isCheckViolation(Throwable error) {
        return of(error).equals("23514");
    }

    /** Whether a value is invalid for its type or out of range. */
    public static boolean isBadValue(Throwable error) {
        return of(error).startsWith("22");
    }

    /** Whether a row with the same key exists already. */
    public static boolean isUniqueViolation(Throwable error) {
        return of(error).equals("23505");
    }

    /** Whether the server does not support the operation: TRUNCATE of a table to which foreign keys refer, for example. */
    public static boolean isFeatureNotSupported(Throwable error) {
        return of(error).equals("0A000");
    }
}
