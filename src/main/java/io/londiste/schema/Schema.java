package io.londiste.schema;

import io.londiste.error.LondisteException;
import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;

/** A schema as it is found in a database, and what the connected role may do about it. */
record Schema(
        Connection connection,
        String name,
        String database,
        String role,
        String owner,
        boolean owned,
        boolean creatable) {

    private static final String LOOK = """
            select current_database(), current_user, n.nspowner::regrole::text,
                   coalesce(pg_has_role(n.nspowner, 'usage') or has_schema_privilege(n.oid, 'create'), false),
                   has_database_privilege(current_database(), 'create')
              from (values (?)) as v (name) left join pg_namespace n on n.nspname = v.name
            """;

    static Schema of(Connection connection, String name) throws SQLException {
        try (var query = connection.prepareStatement(LOOK)) {
            query.setString(1, name);
            try (var row = query.executeQuery()) {
                row.next();
                return new Schema(
                        connection,
                        name,
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getBoolean(4),
                        row.getBoolean(5));
            }
        }
    }

    boolean exists() {
        return owner != null;
    }

    /** Whether the schema has the table, and, where a function is named, lacks that. */
    boolean contains(String table, String butNotFunction) throws SQLException {
        try (var query = connection.prepareStatement("""
                select to_regclass(?) is not null and (?::text is null or to_regproc(?) is null)
                """)) {
            query.setString(1, name + "." + table);
            query.setString(2, butNotFunction);
            query.setString(3, name + "." + butNotFunction);
            try (var row = query.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /**
     * Checks that the role can install here.
     *
     * @throws LondisteException naming database, role and the missing right
     */
    void requireRights() {
        if (!exists() && !creatable) {
            throw new LondisteException(("cannot install schema %s: role %s lacks the right CREATE on database %s"
                            + " (GRANT CREATE ON DATABASE %s TO %s)")
                    .formatted(name, role, database, TableName.quote(database), TableName.quote(role)));
        }
        if (exists() && !owned) {
            throw new LondisteException(
                    "cannot install schema %s: in database %s it belongs to role %s, and role %s lacks rights on it"
                            .formatted(name, database, owner, role));
        }
    }
}
