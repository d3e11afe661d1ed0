package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.error.LondisteException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The tables or sequences that a command concerns: those that are named, or all.
 *
 * @param all all; there are no names then
 * @param names names with {@code *} and {@code ?} as wildcards; one without a schema is of {@code public}
 */
public record Selection(boolean all, List<String> names) {
    /** A name: what is between blanks and commas outside of double quotes. */
    private static final Pattern WRITTEN = Pattern.compile("(?:\"(?:[^\"]|\"\")*\"|[^\\s,])+");

    public static final Selection ALL = new Selection(true, List.of());

    public static Selection of(List<String> names) {
        return new Selection(false, names);
    }

    public static Selection of(String... names) {
        return of(List.of(names));
    }

    /** The names in one text, with commas or blanks between them; null has none. */
    public static List<String> split(String written) {
        return written == null
                ? List.of()
                : WRITTEN.matcher(written).results().map(MatchResult::group).toList();
    }

    /** A name as the catalog has it: without the double quotes in which it may be written. */
    public static String unquoted(String written) {
        return written.startsWith("\"")
                ? written.substring(1, written.length() - 1).replace("\"\"", "\"")
                : written;
    }

    /** A name of the catalog as it may be written before a colon: in double quotes if need be. */
    static String quoted(String name) {
        return name.matches("[^\\s,\":]+") ? name : TableName.quote(name);
    }

    /**
     * Reads the names.
     *
     * @param known the names that wildcards are matched with, or all of which are taken
     * @return each once, in the order of the names; those without wildcards whether they are known or not
     * @throws LondisteException if one is not a valid name, or a wildcard matches no known name
     */
    public List<TableName> resolve(Supplier<? extends Collection<TableName>> known) {
        if (all) {
            return List.copyOf(known.get());
        }
        var result = new LinkedHashSet<TableName>();
        Collection<TableName> candidates = null;
        for (var written : names) {
            var name = name(written);
            if (!hasWildcards(written)) {
                result.add(name);
                continue;
            }
            candidates = candidates == null ? known.get() : candidates;
            var fits = candidates.stream()
                    .filter(other -> fits(name.schema(), other.schema()) && fits(name.name(), other.name()))
                    .toList();
            if (fits.isEmpty()) {
                throw new LondisteException("there is none that fits " + written + "; nothing was changed");
            }
            result.addAll(fits);
        }
        return List.copyOf(result);
    }

    /**
     * Reads one name without wildcards.
     *
     * @throws LondisteException if it is not a valid name
     */
    public static TableName name(String written) {
        try {
            return TableName.parse(written);
        } catch (IllegalArgumentException e) {
            throw new LondisteException(e.getMessage() + "; nothing was changed", e);
        }
    }

    /** Whether this name is among those without wildcards. */
    public boolean isNamed(TableName name) {
        return names.stream().filter(written -> !hasWildcards(written)).anyMatch(written -> name(written)
                .equals(name));
    }

    private static boolean hasWildcards(String written) {
        return !written.contains("\"") && written.matches(".*[*?].*");
    }

    private static boolean fits(String wildcards, String name) {
        var pattern = new StringBuilder();
        for (char c : wildcards.toCharArray()) {
            pattern.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(name).matches();
    }
}
