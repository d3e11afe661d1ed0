package io.londiste.provider;

import io.londiste.LondisteException;
import io.londiste.table.TableName;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Table names as they are given to commands. */
public final class TableArguments {
    private TableArguments() {}

    /**
     * Reads names and the wildcards {@code *} and {@code ?}; a name without a schema is one of {@code public}.
     *
     * @param known the tables that wildcards stand for
     * @return each table once, in the order of the arguments
     * @throws LondisteException if an argument is no name, or a wildcard that fits none of the known tables
     */
    public static List<TableName> resolve(List<String> arguments, Supplier<Collection<TableName>> known) {
        if (arguments.isEmpty()) {
            throw new LondisteException("no table given");
        }
        var result = new LinkedHashSet<TableName>();
        Collection<TableName> candidates = null;
        for (var argument : arguments) {
            var name = parse(argument);
            if (argument.contains("\"") || !argument.matches(".*[*?].*")) {
                result.add(name);
                continue;
            }
            candidates = candidates == null ? known.get() : candidates;
            var fits = candidates.stream()
                    .filter(table -> fits(name.schema(), table.schema()) && fits(name.name(), table.name()))
                    .toList();
            if (fits.isEmpty()) {
                throw new LondisteException("no table fits " + argument + "; nothing was changed");
            }
            result.addAll(fits);
        }
        return List.copyOf(result);
    }

    private static TableName parse(String argument) {
        try {
            return TableName.parse(argument);
        } catch (IllegalArgumentException e) {
            throw new LondisteException(e.getMessage() + "; nothing was changed", e);
        }
    }

    private static boolean fits(String wildcards, String name) {
        var pattern = new StringBuilder();
        for (char c : wildcards.toCharArray()) {
            pattern.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(name).matches();
    }
}
