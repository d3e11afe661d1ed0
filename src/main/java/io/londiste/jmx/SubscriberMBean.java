package io.londiste.jmx;

import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Subscriber,job=…}. Operations return what they have to say. */
@Describe("The database where tables are copied to, and londiste's subscriber commands, compare and repair")
public interface SubscriberMBean {
    @Describe("Which database it is")
    String getDatabase();

    @Describe("Version of its server; empty if it does not answer")
    String getServerVersion();

    @Describe("What is wrong with it and what to do; empty if nothing is")
    String getError();

    @Describe("Foreign keys that are put aside until their tables are in sync")
    long getPendingForeignKeys();

    @Describe("Triggers that are put aside until they are restored")
    long getPendingTriggers();

    @Describe("Install londiste (subscriber install)")
    String[] install();

    @Describe("Register tables; the replay copies them and keeps them in sync from then on (subscriber add)")
    String[] add(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all tables that the provider has registered instead of names") boolean all,
            @Describe("Ignore differences of structure") boolean force,
            @Describe("The table is in sync already: make no copy, keep its triggers") boolean expectSync,
            @Describe("Keep the rows that are there when copying") boolean skipTruncate,
            @Describe("Let nobody but the replay change the table, until it is removed") boolean denyWrites);

    @Describe("Unregister tables; no events are applied to them any more (subscriber remove)")
    String[] remove(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all subscribed tables instead of names") boolean all);

    @Describe("Have tables copied anew that are ok, or have stopped (subscriber resync)")
    String[] resync(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all that are not on their way already instead of names") boolean all);

    @Describe("Register sequences; the replay gives them the provider's values from then on (subscriber add-seq)")
    String[] addSequences(
            @Describe(NameArgument.SEQUENCES) String sequences,
            @Describe("Take all that the provider has registered instead of names") boolean all);

    @Describe("Unregister sequences; they stay where they are (subscriber remove-seq)")
    String[] removeSequences(
            @Describe(NameArgument.SEQUENCES) String sequences,
            @Describe("Take all registered sequences instead of names") boolean all);

    @Describe("The registered tables with their states (subscriber tables)")
    CompositeData[] tables();

    @Describe("The registered sequences with their values on both sides (subscriber seqs)")
    CompositeData[] sequences();

    @Describe("Tables and sequences that are registered on the provider only, or are not there (subscriber missing)")
    CompositeData[] missing();

    @Describe("How the subscribed tables' structure differs from the provider's, and what rights lack"
            + " (subscriber check)")
    CompositeData[] check();

    @Describe("The foreign keys from and to the subscribed tables (subscriber fkeys)")
    CompositeData[] foreignKeys(@Describe("pending, active or all; empty: all") String which);

    @Describe("The triggers of the subscribed tables (subscriber triggers)")
    CompositeData[] triggers(@Describe("pending, active or all; empty: all") String which);

    @Describe("Restore pending triggers of a table that is ok (subscriber restore-triggers)")
    String[] restoreTriggers(
            @Describe("Name of the table, with its schema unless that is public") String table,
            @Describe("Names of triggers, with commas or blanks between; empty: all of the table") String triggers);

    @Describe("Register the replay's consumer on the queue (subscriber register)")
    String[] register();

    @Describe("Take the replay's consumer off the queue, to end replication; not while the replay runs"
            + " (subscriber unregister)")
    String[] unregister();

    @Describe("Compare tables with the provider's in the background (londiste compare); returns the name of the MBean"
            + " with progress and results")
    String compare(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all subscribed tables instead of names") boolean all,
            @Describe("Only count rows") boolean countOnly,
            @Describe("Lock the provider's tables until both sides are at the same tick") boolean lock,
            @Describe("Go on although the replay lags behind or is paused") boolean force,
            @Describe("SQL condition on the rows to look at; empty: all rows") String where,
            @Describe("Tables at the same time, up to 8; 0: 2") int jobs);

    @Describe("Compare tables and make the statements that mend them, in the background (londiste repair); returns the"
            + " name of the MBean with progress and results")
    String repair(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all subscribed tables instead of names") boolean all,
            @Describe("Run the statements, too, while the replay stands still") boolean apply,
            @Describe("Put the statements of a file between BEGIN and COMMIT") boolean transaction,
            @Describe("Lock the provider's tables until both sides are at the same tick") boolean lock,
            @Describe("Go on although the replay lags behind or is paused") boolean force,
            @Describe("SQL condition on the rows to look at; empty: all rows") String where,
            @Describe("Tables at the same time, up to 8; 0: 2") int jobs);
}
