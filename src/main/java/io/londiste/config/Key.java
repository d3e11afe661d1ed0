package io.londiste.config;

import static io.londiste.config.Section.LONDISTE;
import static io.londiste.config.Section.PGQADM;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every key of the INI files, with its default, its unit and what it means. */
public enum Key {
    JOB_NAME(
            "(londiste, or pgqadm for a ticker)",
            "Name of the job: of its log lines, its connections and, unless told otherwise, its consumer.",
            LONDISTE,
            PGQADM),
    DB(null, "Connection string of the database with the queues.", PGQADM),
    PROVIDER_DB(null, "Connection string of the provider, key=value or postgresql://… as for psql.", LONDISTE),
    SUBSCRIBER_DB(null, "Connection string of the subscriber.", LONDISTE),
    PGQ_QUEUE_NAME(null, "Queue on the provider that carries the changes.", LONDISTE),
    PGQ_CONSUMER_ID("(job_name)", "Name under which the replay reads the queue.", LONDISTE),
    PIDFILE("(none)", "File with the process id of the daemon; needed for -d, -r, -s and -k.", LONDISTE, PGQADM),
    LOGFILE("(none)", "Log file; in the foreground, messages go to standard error as well.", LONDISTE, PGQADM),
    LOG_SIZE("10485760", "Size in bytes at which the log file is rotated.", LONDISTE, PGQADM),
    LOG_COUNT("3", "Number of rotated log files that are kept.", LONDISTE, PGQADM),
    LOOP_DELAY("(1.0, or 0.1 for a ticker)", "Seconds between looks for work when there was none.", LONDISTE, PGQADM),
    CONNECTION_LIFETIME("1200", "Seconds after which a connection is replaced by a new one.", LONDISTE, PGQADM),
    LOCK_TIMEOUT("10", "Seconds that a command waits for locks, and holds them, on a live table.", LONDISTE),
    PGQ_LAZY_FETCH("0", "Events fetched at a time from a large batch; 0 leaves it to the program.", LONDISTE),
    PARALLEL_COPIES("2", "Number of tables that are copied at the same time.", LONDISTE),
    EMBEDDED_TICKER("0", "1 runs the ticker and the queue's maintenance inside the replay process.", LONDISTE),
    MAINT_DELAY(
            "(300, or 600 for a job)",
            "Seconds between maintenance rounds: rotation, retries, vacuum.",
            LONDISTE,
            PGQADM),
    MAINT_DELAY_MIN("(none)", "Old form of maint_delay, in minutes.", PGQADM),
    ROUTES("(none)", "Directory of route files that replace and add to the built-in ones.", LONDISTE, PGQADM),
    QUEUE_REFRESH_PERIOD("30", "Accepted from old files; the ticker always knows its queues.", PGQADM),
    TICKER_LOG_DELAY("300", "Seconds between the ticker's lines on how much it did.", PGQADM),
    COMPARE_SQL(
            "select count(1) as cnt from only _TABLE_",
            "Accepted from old files; there is no compare to use it yet.",
            LONDISTE),
    USE_SKYLOG("0", "Accepted from old files; has no effect.", LONDISTE, PGQADM),
    FAKE("0", "Accepted from old files when 0; a replay that rolls everything back is not offered.", LONDISTE),
    METHOD("direct", "Accepted from old files when direct; there is no other method.", LONDISTE),
    MIRROR_QUEUE("(none)", "Accepted from old files when empty; mirroring a queue is not offered.", LONDISTE);

    private static final int CLOSE = 3;

    private final String fallback;
    private final String meaning;
    private final List<Section> sections;

    Key(String fallback, String meaning, Section... sections) {
        this.fallback = fallback;
        this.meaning = meaning;
        this.sections = List.of(sections);
    }

    /** The key as it stands in the file. */
    public String written() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The default; in parentheses where it is described rather than a value; null for a key that has to be set. */
    public String fallback() {
        return fallback;
    }

    /** What the key is for, with its unit. */
    public String meaning() {
        return meaning;
    }

    /** The keys of a section, in the order in which they are best explained. */
    public static List<Key> of(Section section) {
        return Arrays.stream(values())
                .filter(key -> key.sections.contains(section))
                .toList();
    }

    /** The key of the section that was probably meant by a key that is not known. */
    static Optional<Key> nearest(Section section, String written) {
        return of(section).stream()
                .filter(key -> distance(key.written(), written) <= CLOSE)
                .min((a, b) -> distance(a.written(), written) - distance(b.written(), written));
    }

    /** How many letters have to be added, taken away or changed to make one word of the other. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
