package io.londiste.config;

import io.londiste.db.Dsn;
import io.londiste.db.Home;
import io.londiste.error.LondisteException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Converts the values of a section: numbers, durations, files, addresses, connections. */
final class Values {
    /** What a browser is sent to: with a host, and without characters that an address cannot have. */
    private static final Pattern PAGE = Pattern.compile("https?://[A-Za-z0-9.\\[\\]:_-]+(/[A-Za-z0-9._~/%-]*)?");

    private static final Pattern ADDRESS = Pattern.compile("(?:(\\[[0-9a-fA-F:.]+]|[\\w.-]+):)?(\\d{1,5})");
    private static final int LAST_PORT = 65_535;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([kKmMgG]?)");

    private final Ini ini;
    private final Section section;

    Values(Ini ini, Section section) {
        this.ini = ini;
        this.section = section;
    }

    boolean has(Key key) {
        return ini.get(key.written()).isPresent();
    }

    /** The value in the file, or else the default; null if there is neither. */
    String text(Key key) {
        return ini.get(key.written()).orElseGet(() -> ini.resolved(key.written(), key.fallback(section))
                .orElse(null));
    }

    Dsn dsn(Key key) {
        return ini.get(key.written())
                .map(value -> {
                    try {
                        var dsn = Dsn.parse(value);
                        if (dsn.isSecret()) {
                            ini.fileOf(key.written()).ifPresent(Exposure::warn);
                        }
                        return dsn;
                    } catch (LondisteException e) {
                        throw ini.error(key.written(), e.getMessage());
                    }
                })
                .orElse(null);
    }

    /** A file, with a leading {@code ~} or {@code ~user} replaced by the home directory; null if the key is not set. */
    Path path(Key key) {
        return ini.get(key.written())
                .map(value -> {
                    try {
                        return value.startsWith("~") ? ofHome(key, value) : Path.of(value);
                    } catch (InvalidPathException e) {
                        throw ini.error(key.written(), "not a file name: " + value);
                    }
                })
                .orElse(null);
    }

    private Path ofHome(Key key, String value) {
        int end = value.indexOf('/');
        var user = end < 0 ? value.substring(1) : value.substring(1, end);
        var home = user.isEmpty() ? Home.own() : Home.of(user);
        if (home == null) {
            throw ini.error(key.written(), "user " + user + " has no known home directory");
        }
        return end < 0 ? home : home.resolve(value.substring(end + 1));
    }

    /** An address to listen at: host:port, [IPv6]:port, or a port of the loopback address; null if the key is not set. */
    InetSocketAddress address(Key key) {
        return ini.get(key.written()).isEmpty() ? null : read(key, "host:port or a port", Values::address);
    }

    private static InetSocketAddress address(String value) {
        var matcher = ADDRESS.matcher(value);
        int port = matcher.matches() ? Integer.parseInt(matcher.group(2)) : -1;
        return port < 0 || port > LAST_PORT
                ? null
                : InetSocketAddress.createUnresolved(Objects.requireNonNullElse(matcher.group(1), "127.0.0.1"), port);
    }

    /** Addresses of pages, separated by commas: as {@link #address(Key)} has them, or with http:// or https://. */
    List<URI> pages(Key key) {
        return ini.get(key.written()).isEmpty()
                ? List.of()
                : read(key, "addresses (host:port, a port, http://... or https://...) separated by commas", value -> {
                    var pages = Stream.of(value.split(",", -1))
                            .map(String::strip)
                            .map(Values::page)
                            .toList();
                    return pages.stream().allMatch(Optional::isPresent)
                            ? pages.stream().map(Optional::get).toList()
                            : null;
                });
    }

    private static Optional<URI> page(String value) {
        if (PAGE.matcher(value).matches()) {
            return Optional.of(URI.create(value));
        }
        return Optional.ofNullable(address(value))
                .map(address -> URI.create("http://" + address.getHostString() + ":" + address.getPort() + "/"));
    }

    Duration seconds(Key key) {
        return read(key, "a number of seconds", value -> {
            var seconds = new BigDecimal(value);
            return seconds.signum() < 0
                    ? null
                    : Duration.ofMillis(seconds.movePointRight(3).longValueExact());
        });
    }

    int number(Key key, int least) {
        return read(key, "a whole number, " + least + " or more", value -> {
            int number = Integer.parseInt(value);
            return number < least ? null : number;
        });
    }

    long size(Key key) {
        return read(key, "a number of bytes, such as 10485760 or 10M", value -> {
            var matcher = SIZE.matcher(value);
            if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
                return null;
            }
            int shift = 10
                    * (" KMG"
                            .indexOf((matcher.group(2) + " ")
                                    .toUpperCase(Locale.ROOT)
                                    .charAt(0)));
            return Long.parseLong(matcher.group(1)) << shift;
        });
    }

    boolean flag(Key key) {
        return read(key, "0 or 1", value -> {
            var lower = value.toLowerCase(Locale.ROOT);
            return Set.of("1", "yes", "true", "on").contains(lower)
                    ? Boolean.TRUE
                    : Set.of("0", "no", "false", "off").contains(lower) ? Boolean.FALSE : null;
        });
    }

    /** One of the constants of an enum; case does not matter. */
    <E extends Enum<E>> E choice(Key key, Class<E> type) {
        var constants = List.of(type.getEnumConstants());
        var names = constants.stream().map(each -> each.name().toLowerCase(Locale.ROOT));
        return read(key, names.collect(Collectors.joining(" or ")), value -> constants.stream()
                .filter(each -> each.name().equalsIgnoreCase(value))
                .findFirst()
                .orElse(null));
    }

    /** Fails if a key that is accepted only for compatibility has another value than its default. */
    void requireDefault(Key key) {
        var accepted = key.fallback(section);
        ini.get(key.written()).filter(value -> !value.equals(accepted)).ifPresent(value -> {
            throw ini.error(key.written(), "cannot be " + value + ". " + key.meaning(section));
        });
    }

    private <T> T read(Key key, String wanted, Function<String, T> reader) {
        var value = text(key).strip();
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
