package io.londiste.jmx;

import io.londiste.error.LondisteException;
import java.nio.charset.StandardCharsets;

/**
 * A part of a text that may be too large for one response.
 *
 * @param next where the next part begins, in bytes; size at the end
 * @param size of the whole text, in bytes
 */
record Part(String text, long next, long size) {
    private static final int MIN_LENGTH = 1 << 10;
    private static final int MAX_LENGTH = 1 << 20;

    /** How many bytes of a text of this size are to be read. */
    static int length(long from, int length, long size) {
        if (length < MIN_LENGTH || length > MAX_LENGTH) {
            throw new LondisteException("length: must be from " + MIN_LENGTH + " to " + MAX_LENGTH + ", not " + length);
        }
        if (from < 0 || from > size) {
            throw new LondisteException("from: must be from 0 to " + size + ", not " + from);
        }
        return (int) Math.min(length, size - from);
    }

    /** The part that begins with these bytes in UTF-8: whole lines of them if there is one, whole characters otherwise. */
    static Part of(byte[] bytes, long from, long size) {
        int end = from + bytes.length == size ? bytes.length : end(bytes);
        return new Part(new String(bytes, 0, end, StandardCharsets.UTF_8), from + end, size);
    }

    private static int end(byte[] bytes) {
        for (int end = bytes.length; end > 0; end--) {
            if (bytes[end - 1] == '\n') {
                return end;
            }
        }
        int end = bytes.length - 1;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) { // in the middle of a character
            end--;
        }
        return end;
    }
}
