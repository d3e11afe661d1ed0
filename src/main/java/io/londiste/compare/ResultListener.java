package io.londiste.compare;

/** Whoever wants to know of each result as soon as it is there: a {@link Comparison} or a {@link Repaired}. */
@FunctionalInterface
public interface ResultListener {
    void add(Record result);
}
