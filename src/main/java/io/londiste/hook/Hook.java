package io.londiste.hook;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the program tells routes, each with the name of the {@code seda:} endpoint from which they read it. */
public enum Hook {
    /** A batch was committed on the subscriber; the body is a {@link Commit}. */
    COMMITTED,
    /** The same with the changes; the body is {@link CommittedChanges}. */
    CHANGES,
    /** The state of a table has changed; the body is a {@link StateChange}. */
    TABLE_STATE,
    /** A table is stopped; the body is a {@link TableStop}. */
    TABLE_STOPPED,
    /** The lag exceeds its limit, or does so no more; the body is a {@link LagChange}. */
    LAG,
    /** A table was compared; the body is a {@link Compared}. */
    COMPARED;

    private static final String PREFIX = "londiste-";

    /** The name of the endpoint, after {@code seda:}. */
    public String endpoint() {
        return PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The hook with this name of an endpoint. */
    public static Optional<Hook> of(String endpoint) {
        return Arrays.stream(values())
                .filter(hook -> hook.endpoint().equals(endpoint))
                .findFirst();
    }

    /** Whether the name of an endpoint is one of those that are kept for hooks. */
    public static boolean isReserved(String endpoint) {
        return endpoint.startsWith(PREFIX);
    }

    /** The names of all, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(Hook::endpoint).collect(Collectors.joining(", "));
    }
}
