package io.londiste.sync;

/** The tables that hold a table's rows: itself, its partitions, and those that inherit from it. */
public final class TableTree {
    private TableTree() {}

    /**
     * SQL that selects the oids of a table and of all tables below it; every role that may read the table may run it.
     *
     * @param root an SQL expression for the table's oid
     */
    public static String members(String root) {
        return """
                (with recursive tree (member) as (
                   select %s::oid
                    union
                   select i.inhrelid from tree join pg_catalog.pg_inherits i on i.inhparent = tree.member)
                 select member from tree)""".formatted(root);
    }
}
