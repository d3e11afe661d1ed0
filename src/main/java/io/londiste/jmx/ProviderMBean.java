package io.londiste.jmx;

import java.util.Date;
import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Provider,job=…}. Commands return the lines that the command line prints. */
@Describe("The provider: the database whose tables are replicated, and londiste's provider commands")
public interface ProviderMBean {
    @Describe("Role, name and server of the database")
    String getDatabase();

    @Describe("Version of its server; empty if it does not respond")
    String getServerVersion();

    @Describe("The problem with it and what to do; empty if there is none")
    String getError();

    @Describe("When the figures of it (queues and consumers) were read; null if there are none")
    Date getAsOf();

    @Describe("Whether they cannot be renewed, because it does not respond")
    boolean isStale();

    @Describe("Install pgq (unless it is installed) and londiste, and create the queue (provider install)")
    String[] install();

    @Describe("Register tables and create the triggers that capture their changes (provider add)")
    String[] add(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("All tables with a primary key, instead of names") boolean all);

    @Describe(
            "Unregister tables and drop their triggers; the subscribers then unregister the tables, too (provider remove)")
    String[] remove(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("All registered tables, instead of names") boolean all);

    @Describe("Register sequences so that subscribers can follow their values (provider add-seq)")
    String[] addSequences(
            @Describe(NameArgument.SEQUENCES) String sequences,
            @Describe("All sequences, instead of names") boolean all);

    @Describe("Unregister sequences (provider remove-seq)")
    String[] removeSequences(
            @Describe(NameArgument.SEQUENCES) String sequences,
            @Describe("All registered sequences, instead of names") boolean all);

    @Describe(
            "Make the queues usable again after dump and restore moved the provider to another database cluster: drops all"
                    + " events, resets this job and has its tables copied again; the replay must be stopped (provider adopt)")
    String[] adopt();

    @Describe("The registered tables (provider tables)")
    CompositeData[] tables();

    @Describe(
            "The tables that are not subscribed yet: name, registered (on the provider), problem (why it cannot be added;"
                    + " null if it can), avoidable (whether it can be added nevertheless, with force or replicated as something else)"
                    + " and missing (whether it is only missing on the subscriber, and can be created)")
    CompositeData[] candidates();

    @Describe("The scripts that were executed with provider execute: name, outcome and time (provider scripts)")
    CompositeData[] scripts();

    @Describe("The registered sequences (provider seqs)")
    CompositeData[] sequences();
}
