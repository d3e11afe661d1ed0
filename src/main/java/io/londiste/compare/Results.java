package io.londiste.compare;

import io.londiste.error.LondisteException;
import io.londiste.table.TableName;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Results of tables, in the tables' order, each as soon as it and those before it are there. Whoever takes the last one or
 * closes this gives the moment up that was compared. Used by one thread, closed by any.
 */
public final class Results<T> implements Iterator<T>, Closeable {
    private final Map<TableName, CompletableFuture<T>> tables;
    private final Iterator<CompletableFuture<T>> running;
    private final Runnable end;

    /** @param running in the order of the tables */
    Results(Map<TableName, CompletableFuture<T>> running, Runnable end) {
        this.tables = running;
        this.running = running.values().iterator();
        this.end = end;
    }

    /** What becomes of these results, of which none has been taken yet. */
    <R> Results<R> then(Function<Map<TableName, CompletableFuture<T>>, Map<TableName, CompletableFuture<R>>> next) {
        return new Results<>(next.apply(tables), end);
    }

    @Override
    public boolean hasNext() {
        if (!running.hasNext()) {
            close();
        }
        return running.hasNext();
    }

    /** @throws LondisteException if this was closed before the result was there */
    @Override
    public T next() {
        try {
            return running.next().join();
        } catch (CompletionException e) {
            close();
            throw e.getCause() instanceof RuntimeException known ? known : e;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Takes all that are to come. */
    public List<T> all() {
        var all = new ArrayList<T>();
        forEachRemaining(all::add);
        return all;
    }

    /** Ends what still works. May be called more than once. */
    @Override
    public void close() {
        end.run();
    }
}
