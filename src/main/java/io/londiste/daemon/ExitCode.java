package io.londiste.daemon;

/** Exit codes of both programs. */
public final class ExitCode {
    /** The command succeeded. */
    public static final int OK = 0;
    /** The command failed, and has printed the reason in one line. */
    public static final int FAILED = 1;
    /** The command line was invalid. */
    public static final int USAGE = 2;
    /** Ended by SIGINT before the work was complete, as shells report it. */
    public static final int BY_INT = 130;
    /** Ended by SIGTERM before the work was complete, as shells report it. */
    public static final int BY_TERM = 143;

    private ExitCode() {}
}
