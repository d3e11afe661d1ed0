package io.londiste.jmx;

import java.util.Date;
import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Subscriber,job=…}. Commands return the lines that the command line prints. */
@Describe(
        "The subscriber: the database that tables are replicated to, and londiste's subscriber commands, compare and repair")
public interface SubscriberMBean {
    @Describe("Role, name and server of the database")
    String getDatabase();

    @Describe("Version of its server; empty if it does not respond")
    String getServerVersion();

    @Describe("The problem with it and what to do; empty if there is none")
    String getError();

    @Describe("When the figures of it (tables) were read; null if there are none")
    Date getAsOf();

    @Describe("Whether they cannot be renewed, because it does not respond")
    boolean isStale();

    @Describe("Saved foreign keys, which are restored when their tables are in sync")
    long getPendingForeignKeys();

    @Describe(
            "Saved triggers, which do not fire until they are restored by restoreTriggers or when the table is removed")
    long getPendingTriggers();

    @Describe("Install londiste (subscriber install)")
    String[] install();

    @Describe("Register tables; the replay copies them and keeps them in sync from then on (subscriber add)")
    String[] add(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("All tables that are registered on the provider, instead of names") boolean all,
            @Describe("Ignore differences in structure") boolean force,
            @Describe("The table is in sync already: do not copy it, keep its triggers") boolean expectSync,
            @Describe("Keep the existing rows when copying") boolean skipTruncate,
            @Describe("Allow only the replay to change the table, until it is removed") boolean denyWrites,
            @Describe(
                            "Name of the table on the subscriber, if that is another; only for one table; empty: the same name")
                    String destTable,
            @Describe("Only rows for which this SQL condition over the provider's columns is true; empty: all rows")
                    String where,
            @Describe("Only these columns, separated by commas, the primary key among them; empty: all columns")
                    String columns,
            @Describe("SQL expressions in place of columns, one in a line: column=expression; empty: none") String set,
            @Describe(
                            "Create tables that are missing: plain (columns and primary key) or full (also indexes, constraints, partitions and more); empty: a missing table is an error")
                    String create,
            @Describe(
                            "Only changes by these operations, separated by commas: insert, update, delete, truncate; empty: all")
                    String ops,
            @Describe(
                            "Only the rows of one shard by a hash of columns, as column,column:number/shards, with numbers from 0; empty: all")
                    String shard,
            @Describe(
                            "Function of the subscriber to which changes are handed instead of being written, with parameters text, text, jsonb, jsonb for operation, table, key and row; empty: none")
                    String applyFn,
            @Describe(
                            "Partitions of the subscriber's table by time, as column:period with hourly, daily, weekly, monthly or yearly, made when their first row comes; empty: none")
                    String partitionBy,
            @Describe(
                            "With partitionBy: the interval after which partitions are dropped and rows are not replicated any more, as 90 days; empty: never")
                    String retention);

    @Describe("Unregister tables; events are no longer applied to them (subscriber remove)")
    String[] remove(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("All subscribed tables, instead of names") boolean all);

    @Describe("Copy tables again that are ok or stopped (subscriber resync)")
    String[] resync(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("All subscribed tables that are not being copied already, instead of names") boolean all);

    @Describe(
            "Try stopped tables again at once, from where they are; the replay tries them by itself, too, at least every"
                    + " five minutes (subscriber retry)")
    String[] retry(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("All stopped tables, instead of names") boolean all);

    @Describe("Register sequences; from then on the replay sets them to the provider's values (subscriber add-seq)")
    String[] addSequences(
            @Describe(NameArgument.SEQUENCES) String sequences,
            @Describe("All sequences that are registered on the provider, instead of names") boolean all);

    @Describe("Unregister sequences; they keep their current values (subscriber remove-seq)")
    String[] removeSequences(
            @Describe(NameArgument.SEQUENCES) String sequences,
            @Describe("All registered sequences, instead of names") boolean all);

    @Describe("The registered tables with their states (subscriber tables)")
    CompositeData[] tables();

    @Describe("The registered sequences with their values on both sides (subscriber seqs)")
    CompositeData[] sequences();

    @Describe("Tables and sequences that are registered on the provider but not on the subscriber (subscriber missing)")
    CompositeData[] missing();

    @Describe(
            "Stopped tables, changes that the provider may not have captured, unlogged tables, differences between the structure"
                    + " of the subscribed tables and the provider's, and missing privileges (subscriber check)")
    CompositeData[] check();

    @Describe("The foreign keys from and to the subscribed tables (subscriber fkeys)")
    CompositeData[] foreignKeys(@Describe("pending, active or all; empty: all") String which);

    @Describe("The triggers of the subscribed tables (subscriber triggers)")
    CompositeData[] triggers(@Describe("pending, active or all; empty: all") String which);

    @Describe(
            "Restore saved triggers of a table that is ok; from then on they also fire for rows that the replay writes"
                    + " (subscriber restore-triggers)")
    String[] restoreTriggers(
            @Describe("Name of the table, with its schema unless that is public") String table,
            @Describe("Names of triggers, separated by commas or blanks; empty: all of the table") String triggers);

    @Describe(
            "Save and drop the triggers of a table, so that they do not fire for rows that the replay writes (subscriber"
                    + " save-triggers)")
    String[] saveTriggers(@Describe("Name of the table, with its schema unless that is public") String table);

    @Describe(
            "What was done with the provider's scripts: name, outcome (executed, skipped, not needed) and time (subscriber scripts)")
    CompositeData[] scripts();

    @Describe(
            "Have the replay skip a script that cannot be executed here; do what it is to do by hand before (subscriber skip-script)")
    String[] skipScript(@Describe("Name of the script's file") String script);

    @Describe("Register the replay's consumer on the queue (subscriber register)")
    String[] register();

    @Describe("Unregister the replay's consumer from the queue, to end replication; not while the replay is running"
            + " (subscriber unregister)")
    String[] unregister();

    @Describe("Compare tables with the provider's in the background (londiste compare); returns the name of the MBean"
            + " with progress and results")
    String compare(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("All subscribed tables, instead of names") boolean all,
            @Describe("Only count rows") boolean countOnly,
            @Describe("Lock the provider's tables against writes until both sides have reached the same tick")
                    boolean lock,
            @Describe("Compare although the replay lags behind or is paused") boolean force,
            @Describe("SQL condition on the rows to compare; empty: all rows") String where,
            @Describe("Number of tables compared in parallel, up to 8; 0: 2") int jobs);

    @Describe(
            "Compare tables and write the statements that repair them to fix.<job>.<schema>.<table>.sql in the daemon's working"
                    + " directory, in the background (londiste repair); returns the name of the MBean with progress and results")
    String repair(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("All subscribed tables, instead of names") boolean all,
            @Describe("Execute the statements, too, while the replay is paused") boolean apply,
            @Describe("Enclose the statements of a file in BEGIN and COMMIT") boolean transaction,
            @Describe("Lock the provider's tables against writes until both sides have reached the same tick")
                    boolean lock,
            @Describe(
                            "Compare although the replay lags behind or is paused; with apply, also undo what route files do to rows")
                    boolean force,
            @Describe("SQL condition on the rows to compare; empty: all rows") String where,
            @Describe("Number of tables compared in parallel, up to 8; 0: 2") int jobs);
}
