package io.londiste.sync;

/** Receives each table's result as soon as it and those of the tables before it are there. */
@FunctionalInterface
public interface ResultListener {
    /** @param result the kind of result that the run's route produces for a table; one call at a time per run */
    void add(Record result);
}
