package io.londiste.schema;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A schema in a database, and what the connected role may do with it.
 *
 * @param owner null if the schema does not exist
 * @param owned whether the role may create objects in it
 * @param creatable whether the role may create schemas in the database
 */
record Schema(
        Connection connection,
        String name,
        String database,
        String role,
        String owner,
        boolean owned,
        boolean creatable) {

    private static final String QUERY = """
            select current_database(), current_user, n.nspowner::regrole::text,
                   coalesce(pg_has_role(n.nspowner, 'usage') or has_schema_privilege(n.oid, 'create'), false),
                   has_database_privilege(current_database(), 'create')
              from (values (?)) as v (name) left join pg_namespace n on n.nspname = v.name
            """;

    static Schema of(Connection connection, String name) throws SQLException {
        return Jdbc.only(
                connection,
                QUERY,
                row -> new Schema(
                        connection,
                        name,
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getBoolean(4),
                        row.getBoolean(5)),
                name);
    }

    boolean exists() {
        return owner != null;
    }

    boolean hasTable(String table) throws SQLException {
        return Jdbc.only(connection, "select to_regclass(?) is not null", row -> row.getBoolean(1), name + "." + table);
    }

    /** Whether it is the schema of another program with the same name, such as Londiste 3: ours always has table upgrade. */
    boolean isOfAnotherProgram() throws SQLException {
        return !hasTable("upgrade")
                && Jdbc.only(
                        connection,
                        "select exists (select from pg_class where relnamespace = to_regnamespace(?) and relkind = 'r')",
                        row -> row.getBoolean(1),
                        name);
    }

    boolean hasFunction(String function) throws SQLException {
        return Jdbc.only(
                connection, "select to_regproc(?) is not null", row -> row.getBoolean(1), name + "." + function);
    }

    /**
     * Checks that the role may install the schema.
     *
     * @throws LondisteException if not, with the {@link #obstacle}
     */
    void requireRights() {
        var obstacle = obstacle();
        if (obstacle != null) {
            throw new LondisteException(obstacle);
        }
    }

    /** Why the role may not install the schema: the database, the role and the missing privilege; null if it may. */
    String obstacle() {
        if (!exists() && !creatable) {
            return "cannot install schema %s: role %s lacks privilege CREATE on database %s (GRANT CREATE ON DATABASE %s TO %s)"
                    .formatted(name, role, database, TableName.quote(database), TableName.quote(role));
        }
        return exists() && !owned
                ? "cannot install schema %s: in database %s it belongs to role %s, and role %s lacks privileges on it"
                        .formatted(name, database, owner, role)
                : null;
    }
}
