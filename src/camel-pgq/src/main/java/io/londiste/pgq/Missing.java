package io.londiste.pgq;

import java.sql.SQLException;

/** Says what to do where a database lacks what an endpoint needs. */
final class Missing {
    private Missing() {}

    /**
     * The error with what to do about it, if that is known; otherwise the error itself.
     *
     * @param role the role of PgQ that has the right that may be missing
     */
    static Exception explained(SQLException error, String queue, String role) {
        return switch (String.valueOf(error.getSQLState())) {
            case "42704" ->
                new PgqException(
                        "queue " + queue + " does not exist in the database of pgq:" + queue
                                + ": create it with pgq.create_queue",
                        error);
            case "3F000" ->
                new PgqException(
                        "the database of pgq:" + queue
                                + " has no PgQ: install it with PgqSchema.install, or with pgqadm ... install",
                        error);
            case "42501" ->
                new PgqException(
                        "the role of pgq:" + queue + " lacks a right: grant it " + role + " (" + error.getMessage()
                                + ")",
                        error);
            default -> error;
        };
    }
}
