package io.londiste.jmx;

import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Subscriber,job=…}. Operations return what they have to say. */
@Describe("The database that receives copies of tables, and londiste's subscriber commands, compare and repair")
public interface SubscriberMBean {
    @Describe("Which database it is")
    String getDatabase();

    @Describe("Version of its server; empty if it does not answer")
    String getServerVersion();

    @Describe("The problem with it and what to do; empty if there is none")
    String getError();

    @Describe("Foreign keys that are saved and dropped until their tables are in sync")
    long getPendingForeignKeys();

    @Describe("Triggers that are saved and dropped until they are restored")
    long getPendingTriggers();

    @Describe("Install londiste (subscriber install)")
    String[] install();

    @Describe("Register tables; the replay copies them and keeps them in sync from then on (subscriber add)")
    String[] add(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all tables that the provider has registered instead of names") boolean all,
            @Describe("Ignore differences of structure") boolean force,
            @Describe("The table is in sync already: do not copy it, keep its triggers") boolean expectSync,
            @Describe("Keep existing rows when copying") boolean skipTruncate,
            @Describe("Let only the replay change the table, until it is removed") boolean denyWrites);

    @Describe("Unregister tables; events are no longer applied to them (subscriber remove)")
    String[] remove(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all subscribed tables instead of names") boolean all);

    @Describe("Copy tables again that are ok or stopped (subscriber resync)")
    String[] resync(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all that are not being copied already instead of names") boolean all);

    @Describe("Register sequences; the replay sets them to the provider's values from then on (subscriber add-seq)")
    String[] addSequences(
            @Describe(NameArgument.SEQUENCES) String sequences,
            @Describe("Take all that the provider has registered instead of names") boolean all);

    @Describe("Unregister sequences; they keep their values (subscriber remove-seq)")
    String[] removeSequences(
            @Describe(NameArgument.SEQUENCES) String sequences,
            @Describe("Take all registered sequences instead of names") boolean all);

    @Describe("The registered tables with their states (subscriber tables)")
    CompositeData[] tables();

    @Describe("The registered sequences with their values on both sides (subscriber seqs)")
    CompositeData[] sequences();

    @Describe(
            "Tables and sequences that are registered only on the provider, or do not exist here (subscriber missing)")
    CompositeData[] missing();

    @Describe("How the structure of the subscribed tables differs from the provider's, and which rights are missing"
            + " (subscriber check)")
    CompositeData[] check();

    @Describe("The foreign keys from and to the subscribed tables (subscriber fkeys)")
    CompositeData[] foreignKeys(@Describe("pending, active or all; empty: all") String which);

    @Describe("The triggers of the subscribed tables (subscriber triggers)")
    CompositeData[] triggers(@Describe("pending, active or all; empty: all") String which);

    @Describe("Restore pending triggers of a table that is ok (subscriber restore-triggers)")
    String[] restoreTriggers(
            @Describe("Name of the table, with its schema unless that is public") String table,
            @Describe("Names of triggers, separated by commas or blanks; empty: all of the table") String triggers);

    @Describe("Register the replay's consumer on the queue (subscriber register)")
    String[] register();

    @Describe("Remove the replay's consumer from the queue, to end the replication; not while the replay runs"
            + " (subscriber unregister)")
    String[] unregister();

    @Describe("Compare tables with the provider's in the background (londiste compare); returns the name of the MBean"
            + " with progress and results")
    String compare(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all subscribed tables instead of names") boolean all,
            @Describe("Only count rows") boolean countOnly,
            @Describe("Lock the provider's tables until both sides are at the same tick") boolean lock,
            @Describe("Continue although the replay lags behind or is paused") boolean force,
            @Describe("SQL condition that selects the rows; empty: all rows") String where,
            @Describe("Tables at the same time, up to 8; 0: 2") int jobs);

    @Describe(
            "Compare tables and write the statements that repair them, in the background (londiste repair); returns the"
                    + " name of the MBean with progress and results")
    String repair(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all subscribed tables instead of names") boolean all,
            @Describe("Also run the statements, while the replay is paused") boolean apply,
            @Describe("Put the statements of a file between BEGIN and COMMIT") boolean transaction,
            @Describe("Lock the provider's tables until both sides are at the same tick") boolean lock,
            @Describe("Continue although the replay lags behind or is paused") boolean force,
            @Describe("SQL condition that selects the rows; empty: all rows") String where,
            @Describe("Tables at the same time, up to 8; 0: 2") int jobs);
}
