package io.londiste.db;

import io.londiste.error.LondisteException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Parses connection strings in the same way as libpq: {@code key=value} pairs and {@code postgresql://} URIs.
 *
 * <p>No error message quotes the string, because it may contain a password.
 */
final class ConnInfo {
    private static final Pattern URI = Pattern.compile(
            "postgres(?:ql)?://(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?(?<hosts>[^/?]*)(?:/(?<db>[^?]*))?(?:\\?(?<query>.*))?");
    private static final Pattern HOST = Pattern.compile("(\\[[^]]+]|[^:\\[]*)(?::(\\d*))?");

    private final String text;
    private int at;

    private ConnInfo(String text) {
        this.text = text;
    }

    static Map<String, String> parse(String text) {
        var trimmed = text.strip();
        return trimmed.startsWith("postgresql://") || trimmed.startsWith("postgres://")
                ? uri(trimmed)
                : new ConnInfo(text).pairs();
    }

    private Map<String, String> pairs() {
        var result = new LinkedHashMap<String, String>();
        for (skipBlanks(); at < text.length(); skipBlanks()) {
            int start = at;
            while (at < text.length() && text.charAt(at) != '=' && !blank()) {
                at++;
            }
            var key = text.substring(start, at);
            skipBlanks();
            if (at == text.length() || text.charAt(at) != '=' || key.isEmpty()) {
                throw new LondisteException("not a connection string: expected key=value at character " + (start + 1));
            }
            at++;
            skipBlanks();
            result.put(key, at < text.length() && text.charAt(at) == '\'' ? quoted(key) : plain());
        }
        return result;
    }

    private boolean blank() {
        return Character.isWhitespace(text.charAt(at));
    }

    private void skipBlanks() {
        while (at < text.length() && blank()) {
            at++;
        }
    }

    private String plain() {
        var value = new StringBuilder();
        while (at < text.length() && !blank()) {
            if (text.charAt(at) == '\\' && ++at == text.length()) {
                break;
            }
            value.append(text.charAt(at++));
        }
        return value.toString();
    }

    private String quoted(String key) {
        var value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\'') {
                at++;
                return value.toString();
            }
            if (c == '\\' && ++at < text.length()) {
                c = text.charAt(at);
            }
            value.append(c);
        }
        throw new LondisteException(
                "not a connection string: the quote that opens the value of " + key + " is not closed");
    }

    private static Map<String, String> uri(String text) {
        var matcher = URI.matcher(text);
        if (!matcher.matches()) {
            throw new LondisteException(
                    "not a connection URI of the form postgresql://user:password@host:port/database");
        }
        var result = new LinkedHashMap<String, String>();
        putDecoded(result, "user", matcher.group("user"));
        putDecoded(result, "password", matcher.group("password"));
        hosts(result, matcher.group("hosts"));
        putDecoded(result, "dbname", matcher.group("db"));
        if (matcher.group("query") != null && !matcher.group("query").isEmpty()) {
            for (var pair : matcher.group("query").split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals < 1 || equals != pair.lastIndexOf('=')) {
                    throw new LondisteException(
                            "not a connection URI: after the ?, key=value is expected, separated by &");
                }
                result.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        if (result.remove("ssl", "true")) {
            result.put("sslmode", "require");
        }
        return result;
    }

    private static void hosts(Map<String, String> result, String written) {
        var hosts = new ArrayList<String>();
        var ports = new ArrayList<String>();
        for (var one : written.split(",", -1)) {
            var matcher = HOST.matcher(one);
            if (!matcher.matches()) {
                throw new LondisteException("not a connection URI: expected host or host:port");
            }
            var host = decode(matcher.group(1));
            hosts.add(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
            ports.add(matcher.group(2) == null ? "" : matcher.group(2));
        }
        putUnlessEmpty(result, "host", String.join(",", hosts));
        if (ports.stream().anyMatch(port -> !port.isEmpty())) {
            result.put("port", String.join(",", ports));
        }
    }

    private static void putDecoded(Map<String, String> result, String key, String value) {
        putUnlessEmpty(result, key, value == null ? "" : decode(value));
    }

    private static void putUnlessEmpty(Map<String, String> result, String key, String value) {
        if (!value.isEmpty()) {
            result.put(key, value);
        }
    }

    private static String decode(String encoded) {
        var bytes = new ByteArrayOutputStream();
        var source = encoded.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < source.length; i++) {
            if (source[i] != '%') {
                bytes.write(source[i]);
                continue;
            }
            int high = i + 2 < source.length ? Character.digit(source[i + 1], 16) : -1;
            int low = i + 2 < source.length ? Character.digit(source[i + 2], 16) : -1;
            if (high < 0 || low < 0 || high + low == 0) {
                throw new LondisteException(
                        "not a connection URI: a % must be followed by two hexadecimal digits, not both 0");
            }
            bytes.write(high * 16 + low);
            i += 2;
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
