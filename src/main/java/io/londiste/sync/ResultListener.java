package io.londiste.sync;

/** Receives each table's result as soon as it and the results of all tables before it are available. */
@FunctionalInterface
public interface ResultListener {
    /** @param result the kind of result that the run's route produces for a table; one call at a time per run */
    void add(Record result);
}
