package io.londiste.compare;

/** The tables that hold a table's rows: itself, its partitions, and those that inherit from it. */
final class Tree {
    private Tree() {}

    /** SQL that selects the oids of the tables below and including a root; whoever may read the table may run it. */
    static String members(String root) {
        return """
                (with recursive tree (member) as (
                   select %s::oid
                    union
                   select i.inhrelid from tree join pg_catalog.pg_inherits i on i.inhparent = tree.member)
                 select member from tree)""".formatted(root);
    }
}
