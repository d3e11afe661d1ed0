package io.londiste.config;

import io.londiste.LondisteException;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The values of a section as what they are: numbers, spans of time, files, connections. */
final class Values {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([kKmMgG]?)");

    private final Ini ini;

    Values(Ini ini) {
        this.ini = ini;
    }

    boolean has(Key key) {
        return ini.get(key.written()).isPresent();
    }

    String text(Key key, String fallback) {
        return ini.get(key.written()).orElse(fallback);
    }

    Dsn dsn(Key key) {
        return ini.get(key.written())
                .map(value -> {
                    try {
                        return Dsn.parse(value);
                    } catch (LondisteException e) {
                        throw ini.error(key.written(), e.getMessage());
                    }
                })
                .orElse(null);
    }

    Path path(Key key) {
        return ini.get(key.written())
                .map(value -> {
                    try {
                        boolean home = value.equals("~") || value.startsWith("~/");
                        return Path.of(home ? System.getProperty("user.home") + value.substring(1) : value);
                    } catch (InvalidPathException e) {
                        throw ini.error(key.written(), "not a file name: " + value);
                    }
                })
                .orElse(null);
    }

    Duration seconds(Key key, String fallback) {
        return read(key, fallback, "a number of seconds", value -> {
            var seconds = new BigDecimal(value);
            return seconds.signum() < 0
                    ? null
                    : Duration.ofMillis(seconds.movePointRight(3).longValueExact());
        });
    }

    int number(Key key, int fallback, int least) {
        return read(key, Integer.toString(fallback), "a whole number, " + least + " or more", value -> {
            int number = Integer.parseInt(value);
            return number < least ? null : number;
        });
    }

    long size(Key key, long fallback) {
        return read(key, Long.toString(fallback), "a number of bytes, such as 10485760 or 10M", value -> {
            var matcher = SIZE.matcher(value);
            if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
                return null;
            }
            int shift = 10
                    * (" KMG"
                            .indexOf((matcher.group(2) + " ")
                                    .toUpperCase(java.util.Locale.ROOT)
                                    .charAt(0)));
            return Long.parseLong(matcher.group(1)) << shift;
        });
    }

    boolean flag(Key key) {
        return read(key, "0", "0 or 1", value -> {
            var lower = value.toLowerCase(java.util.Locale.ROOT);
            return Set.of("1", "yes", "true", "on").contains(lower)
                    ? Boolean.TRUE
                    : Set.of("0", "no", "false", "off").contains(lower) ? Boolean.FALSE : null;
        });
    }

    /** Refuses a key of old files that is set to anything but the one value that still means something. */
    void only(Key key, String accepted) {
        ini.get(key.written()).filter(value -> !value.equals(accepted)).ifPresent(value -> {
            throw ini.error(key.written(), "cannot be " + value + ". " + key.meaning());
        });
    }

    private <T> T read(Key key, String fallback, String wanted, Function<String, T> reader) {
        var value = text(key, fallback).strip();
        T result;
        try {
            result = reader.apply(value);
        } catch (ArithmeticException | NumberFormatException e) {
            result = null;
        }
        if (result == null) {
            throw ini.error(key.written(), "expected " + wanted + ", found " + value);
        }
        return result;
    }
}
