package io.londiste.daemon;

/** The signals that mean something to a daemon. */
public enum Signal {
    /** Reads the INI file and the routes again; {@code -r}. */
    HUP(1),
    /** Stops after the current batch; {@code -s}, Ctrl-C. */
    INT(2),
    /** Stops at once: within a limit; {@code -k}, service managers. */
    TERM(15);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** Its bit in a mask of {@code /proc/PID/status}. */
    long bit() {
        return 1L << number - 1;
    }

    /** The signal as it is written in messages, such as {@code SIGINT}. */
    String written() {
        return "SIG" + name();
    }
}
