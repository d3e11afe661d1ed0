package io.londiste.config;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One section of an INI file, parsed in the same way as by Python's ConfigParser, for which Londiste's files were written.
 *
 * <p>A line is {@code key = value} or {@code key: value}; keys are not case-sensitive; an indented line continues the
 * previous value; {@code #} or {@code ;} at the start of a line begins a comment, and so does {@code ;} after a blank
 * outside of single quotes. {@code %(key)s} in a value is replaced by another value of the section, {@code %%} by a
 * percent sign; any other percent sign is kept. Nothing else in a value is special. (Existing INI libraries treat a
 * backslash, a comma or the quote in {@code password='…'} as syntax, which breaks connection strings.)
 */
public final class Ini {
    private static final Pattern HEADER = Pattern.compile("\\[([^]]+)]\\s*(?:[#;].*)?");
    private static final Pattern ENTRY = Pattern.compile("([^:=\\s][^:=]*?)\\s*[:=]\\s*(.*)");
    private static final Pattern REFERENCE = Pattern.compile("%(?:%|\\(([^)]*)\\)s)");
    private static final int DEEPEST_REFERENCE = 10;

    private final Path file;
    private final String section;
    private final Map<String, String> values;
    private final Map<String, String> shared;
    private final Map<String, String> builtIn;
    private final Map<String, Given> given;

    /**
     * A value from elsewhere, which replaces that of the INI file. It is taken as it is: it has no references.
     *
     * @param origin where it is, for messages
     * @param file the file that it is in; null if it is in none
     */
    record Given(String value, String origin, Path file) {}

    /**
     * Makes a section that is not read from a file.
     *
     * @param file the file name for messages
     */
    public Ini(Path file, String section, Map<String, String> values, Map<String, String> builtIn) {
        this(file, section, values, Map.of(), builtIn, Map.of());
    }

    private Ini(
            Path file,
            String section,
            Map<String, String> values,
            Map<String, String> shared,
            Map<String, String> builtIn,
            Map<String, Given> given) {
        this.file = file;
        this.section = section;
        this.values = new LinkedHashMap<>(values);
        this.shared = shared;
        this.builtIn = Map.copyOf(builtIn);
        this.given = Map.copyOf(given);
    }

    /** The same section with more values that replace those of the file, by key. */
    Ini with(Map<String, Given> more) {
        var all = new LinkedHashMap<>(given);
        all.putAll(more);
        return new Ini(file, section, values, shared, builtIn, all);
    }

    /**
     * Reads one section, with the values of {@code [DEFAULT]} as defaults.
     *
     * @param builtIn values that references can use although they are not in the file
     * @throws LondisteException if the file cannot be read, has no such section, or has a malformed line
     */
    public static Ini read(Path file, String section, Map<String, String> builtIn) {
        var sections = parse(file, lines(file));
        if (!sections.containsKey(section)) {
            var others =
                    sections.keySet().stream().map(name -> "[" + name + "]").toList();
            throw new LondisteException(file + ": no section [" + section + "]"
                    + (others.isEmpty() ? "; the file has none" : "; the file has " + String.join(", ", others)));
        }
        var shared = sections.getOrDefault("DEFAULT", Map.of());
        var values = new LinkedHashMap<>(shared);
        values.putAll(sections.get(section));
        return new Ini(file, section, values, shared, builtIn, Map.of());
    }

    private static List<String> lines(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new LondisteException(file + ": is a directory, not an INI file");
            }
            if (!Files.exists(file)) {
                throw new LondisteException(file + ": no such file");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .replaceFirst("^\uFEFF", "")
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new LondisteException(file + ": cannot be read", e);
        }
    }

    private static Map<String, Map<String, String>> parse(Path file, List<String> lines) {
        var sections = new LinkedHashMap<String, Map<String, String>>();
        Map<String, String> values = null;
        String key = null;
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            var text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                continue;
            }
            var header = HEADER.matcher(text);
            var entry = ENTRY.matcher(text);
            if (Character.isWhitespace(line.charAt(0)) && key != null) {
                values.merge(key, withoutComment(text), (above, more) -> above + "\n" + more);
            } else if (header.matches()) {
                values = sections.computeIfAbsent(header.group(1).strip(), name -> new LinkedHashMap<>());
                key = null;
            } else if (values != null && entry.matches()) {
                key = entry.group(1).toLowerCase(Locale.ROOT);
                values.put(key, withoutComment(entry.group(2)));
            } else {
                // The line itself is not shown, because it may contain a password.
                throw new LondisteException(file + ", line " + (i + 1) + ": "
                        + (values == null ? "is before the first [section]" : "neither [section] nor key = value"));
            }
        }
        return sections;
    }

    private static String withoutComment(String value) {
        boolean quoted = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '\'') {
                quoted = !quoted;
            } else if (c == ';' && !quoted && i > 0 && Character.isWhitespace(value.charAt(i - 1))) {
                return value.substring(0, i).strip();
            }
        }
        return value;
    }

    /** The keys of the section and of {@code [DEFAULT]}. */
    public Set<String> keys() {
        return values.keySet();
    }

    /** The keys of the section itself, without those that other values reference. */
    Set<String> settings() {
        var settings = new LinkedHashSet<>(values.keySet());
        settings.removeAll(shared.keySet());
        values.values()
                .forEach(value ->
                        REFERENCE.matcher(value).results().map(Ini::referredTo).forEach(settings::remove));
        return settings;
    }

    private static String referredTo(MatchResult reference) {
        return reference.group(1) == null ? "" : reference.group(1).toLowerCase(Locale.ROOT);
    }

    /** The value with its references resolved; empty if the key is absent or its value is blank. */
    public Optional<String> get(String key) {
        return given.containsKey(key)
                ? Optional.of(given.get(key).value)
                : Optional.ofNullable(values.get(key)).flatMap(value -> resolved(key, value));
    }

    /** The file that has the value of a key: the INI file or another; empty if it is in none. */
    Optional<Path> fileOf(String key) {
        return given.containsKey(key) ? Optional.ofNullable(given.get(key).file) : Optional.of(file);
    }

    /** Where values are that are not in the INI file, for messages, by key. */
    Map<String, String> origins() {
        var origins = new LinkedHashMap<String, String>();
        given.forEach((key, value) -> origins.put(key, value.origin));
        return origins;
    }

    /** A possible value of the key with its references resolved; empty if it is blank. */
    Optional<String> resolved(String key, String value) {
        return Optional.of(resolve(key, value, 0)).filter(text -> !text.isBlank());
    }

    private String resolve(String key, String value, int depth) {
        if (depth > DEEPEST_REFERENCE) {
            throw error(key, "refers to itself");
        }
        return REFERENCE.matcher(value).replaceAll(found -> {
            if (found.group(1) == null) {
                return "%";
            }
            var name = referredTo(found);
            if (given.containsKey(name)) {
                return Matcher.quoteReplacement(given.get(name).value);
            }
            var meant = values.getOrDefault(name, builtIn.get(name));
            if (meant == null) {
                throw error(key, "refers to %(" + name + ")s, which is not set");
            }
            return Matcher.quoteReplacement(resolve(key, meant, depth + 1));
        });
    }

    /** An error about a key, whose message begins with the file, the section and the key, or where else its value is. */
    public LondisteException error(String key, String problem) {
        var place = given.containsKey(key) ? given.get(key).origin : file + ": [" + section + "] " + key;
        return new LondisteException(place + ": " + problem);
    }
}
