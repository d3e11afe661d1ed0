package io.londiste.jmx;

import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Provider,job=…}. Operations return what they have to say. */
@Describe("The database whose tables are written by clients, and londiste's provider commands")
public interface ProviderMBean {
    @Describe("Which database it is")
    String getDatabase();

    @Describe("Version of its server; empty if it does not answer")
    String getServerVersion();

    @Describe("The problem with it and what to do; empty if there is none")
    String getError();

    @Describe("Install pgq (unless it is installed already) and londiste, and create the queue (provider install)")
    String[] install();

    @Describe("Register tables and create the triggers that capture their changes (provider add)")
    String[] add(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all tables with a primary key instead of names") boolean all);

    @Describe("Unregister tables and remove their triggers; the subscribers unregister them as well (provider remove)")
    String[] remove(
            @Describe(NameArgument.TABLES) String tables,
            @Describe("Take all registered tables instead of names") boolean all);

    @Describe("Register sequences, so that those of subscribers can follow their values (provider add-seq)")
    String[] addSequences(
            @Describe(NameArgument.SEQUENCES) String sequences,
            @Describe("Take all sequences instead of names") boolean all);

    @Describe("Unregister sequences (provider remove-seq)")
    String[] removeSequences(
            @Describe(NameArgument.SEQUENCES) String sequences,
            @Describe("Take all registered sequences instead of names") boolean all);

    @Describe("The registered tables (provider tables)")
    CompositeData[] tables();

    @Describe("The registered sequences (provider seqs)")
    CompositeData[] sequences();
}
