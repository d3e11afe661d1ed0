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
            @Describe("Allow only the replay to change the table, until it is removed") boolean denyWrites);

    @Describe("Unregister tables; events are no longer applied to them (subscriber remove)")
    String[] remove(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("All subscribed tables, instead of names") boolean all);

    @Describe("Copy tables again that are ok or stopped (subscriber resync)")
    String[] resync(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("All subscribed tables that are not being copied already, instead of names") boolean all);

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
            "Compare tables and write the statements that repair them, in the background (londiste repair); returns the"
                    + " name of the MBean with progress and results")
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
