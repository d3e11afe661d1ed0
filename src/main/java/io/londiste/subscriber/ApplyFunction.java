package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.error.LondisteException;
import io.londiste.subscriber.Difference.Severity;
import io.londiste.table.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The subscriber's function to which the changes of a table are handed. */
final class ApplyFunction {
    /** The types of its parameters: operation, table, key, row. */
    private static final String SIGNATURE = "(text, text, jsonb, jsonb)";

    private static final String FIND = """
            select pg_catalog.format('%I.%I', n.nspname, p.proname),
                   case when p.prokind <> 'f' or p.proretset then 'is not an ordinary function that returns one value'
                        when p.provolatile <> 'v' then 'is not VOLATILE, so that PostgreSQL need not call it'
                        when p.proisstrict then 'is STRICT, so that PostgreSQL would not call it for changes without a row'
                        when not pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
                          then pg_catalog.format('may not be executed by role %s (GRANT EXECUTE ON FUNCTION)', current_user) end
              from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
             where p.oid = pg_catalog.to_regprocedure(?)
            """;

    private record Found(String name, String problem) {}

    private ApplyFunction() {}

    /**
     * The function's name with its schema, as SQL writes it; null for null.
     *
     * @param written its name as SQL writes it; without a schema it is searched as in a new session
     * @throws LondisteException if there is no such function, or it cannot be called with every change
     */
    static String named(Database subscriber, String written) {
        if (written == null) {
            return null;
        }
        var found = find(subscriber, written);
        if (found.problem != null) {
            throw new LondisteException("--apply-fn: " + found.problem + "; nothing was changed");
        }
        return found.name;
    }

    private static Found find(Database subscriber, String written) {
        if (!written.matches("[^()]+")) {
            return new Found(null, "the name of a function is expected, without parameters: " + written);
        }
        var found = subscriber.rows(FIND, row -> new Found(row.getString(1), row.getString(2)), written + SIGNATURE);
        return found.isEmpty()
                ? new Found(
                        null,
                        subscriber + " has no function " + written + SIGNATURE
                                + ", with parameters for operation, table, key and row")
                : new Found(
                        found.get(0).name,
                        found.get(0).problem == null ? null : "function " + written + " " + found.get(0).problem);
    }

    /** The functions of these tables that cannot be called any more. */
    static List<Difference> missing(Database subscriber, Map<TableName, Mapping> tables) {
        var missing = new ArrayList<Difference>();
        tables.forEach((table, mapping) -> {
            var problem = mapping.function() == null ? null : find(subscriber, mapping.function()).problem;
            if (problem != null) {
                missing.add(new Difference(table, Severity.ERROR, problem));
            }
        });
        return missing;
    }
}
