package io.londiste;

/** What lies at the bottom of an error. */
public final class Causes {
    private Causes() {}

    /** The message of the innermost cause that has one: frameworks wrap what really happened. */
    public static String root(Throwable error) {
        String message = error.toString();
        for (Throwable e = error; e != null; e = e.getCause()) {
            message = e.getMessage() == null ? message : e.getMessage();
        }
        return message;
    }
}
