package io.londiste.pgq;

/**
 * How many events are read at a time, so that the memory they take is limited, whatever their size: a few at first, then
 * as many as the size of those before allows. Where that does not suffice, a batch is measured before it is read: the
 * first one of a process, which may have ended because of that batch, and those after large events. Safe for use by
 * several threads.
 */
final class PageSize {
    /** Read at first. */
    private static final int FEW = 16;

    /** A page may become larger by this factor than the one before. */
    private static final int GROWTH = 4;

    private static final int CHARACTERS = 4_000_000;

    /** The size in bytes from which an event is large: from this average size on, batches are measured. */
    static final int LARGE = 16_000;

    /**
     * An event may take this share of the memory: it is there as it was received, as text, in its parts, and once more as it
     * is sent to the subscriber, each with two bytes a character if need be.
     */
    private static final int SHARE = 16;

    private final int most;
    private volatile int events;
    /** Characters of an event: of the largest pages, which are forgotten slowly. */
    private volatile double size = 1;

    private volatile boolean known;

    /** @param most the maximum number of events, at least 1 */
    PageSize(int most) {
        this.most = most;
        this.events = Math.min(FEW, most);
    }

    /** The size in bytes from which an event cannot be held in memory together with what is made of it. */
    static long largestEvent() {
        return Runtime.getRuntime().maxMemory() / SHARE;
    }

    /** The number of bytes that a page is to have; one larger event may be read as well. */
    static long bytes() {
        return Math.min(CHARACTERS, largestEvent());
    }

    /** The number of events to read; a power of two, so that there are few different statements. */
    int events() {
        return events;
    }

    /** Whether the next batch is to be measured before it is read. */
    boolean isMeasured() {
        return !known || size > LARGE;
    }

    /** A page was read. */
    void read(int count, long characters) {
        size = Math.max(characters / (double) count, size * 7 / 8);
        double fitting = Math.max(1, Math.min(bytes() / Math.max(1, size), most));
        events = Math.min(Integer.highestOneBit((int) fitting), Math.max(GROWTH * count, events));
    }

    /** A page could not be read: the next is smaller. */
    void halve() {
        events = Math.max(1, events / 2);
    }

    /** A batch was read completely. */
    void done() {
        known = true;
    }
}
