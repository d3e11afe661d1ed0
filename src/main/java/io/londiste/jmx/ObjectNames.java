package io.londiste.jmx;

import java.util.regex.Pattern;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** The names of the MBeans: {@code io.londiste:type=…,job=…} and further keys that distinguish them. */
final class ObjectNames {
    private static final Pattern SPECIAL = Pattern.compile("[,=:\"*?\\n]");

    private ObjectNames() {}

    /** @param more alternating keys and values that follow type and job */
    static ObjectName of(String type, String job, String... more) {
        var name = new StringBuilder("io.londiste:type=" + type + ",job=" + written(job));
        for (int i = 0; i < more.length; i += 2) {
            name.append(',').append(more[i]).append('=').append(written(more[i + 1]));
        }
        try {
            return new ObjectName(name.toString());
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(name.toString(), e);
        }
    }

    /** The value, quoted only if it has to be, since people read and type these names. */
    private static String written(String value) {
        return value.isEmpty() || SPECIAL.matcher(value).find() ? ObjectName.quote(value) : value;
    }
}
