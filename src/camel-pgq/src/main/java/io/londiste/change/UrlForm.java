package io.londiste.change;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Reads rows as {@code logutriga} writes them: {@code id=1&name=a+b&note}, a column without {@code =} being NULL. */
final class UrlForm {
    private UrlForm() {}

    static Row row(String data) {
        Row row = new Row();
        for (String field : data.split("&")) {
            int equals = field.indexOf('=');
            if (equals < 0) {
                row.set(decode(field), null);
            } else {
                row.set(decode(field.substring(0, equals)), decode(field.substring(equals + 1)));
            }
        }
        return row;
    }

    private static String decode(String part) {
        return URLDecoder.decode(part, StandardCharsets.UTF_8);
    }
}
