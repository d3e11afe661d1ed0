package io.londiste.repair;

import io.londiste.digest.ComparisonRun;
import io.londiste.digest.TableComparison;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One run of the route {@code repair}: what its steps share. Safe for use by several threads. */
public final class RepairRun implements AutoCloseable {
    private final ComparisonRun comparison;
    private final Repair.Request request;
    private final FixFiles files;
    private final ForeignKeys foreignKeys;

    /** @param changingRows the operator's route files that may change rows on their way to the subscriber */
    RepairRun(ComparisonRun comparison, Repair.Request request, List<Path> changingRows) {
        this.comparison = comparison;
        this.request = request;
        this.files = new FixFiles(request.directory(), request.job(), changingRows);
        this.foreignKeys = comparison.onSubscriber(ForeignKeys::of);
    }

    /** The request that began the run. */
    public Repair.Request request() {
        return request;
    }

    FixFiles files() {
        return files;
    }

    ForeignKeys foreignKeys() {
        return foreignKeys;
    }

    /**
     * The tables, those that have to be repaired together in one list: if the statements are run, tables that foreign
     * keys link; otherwise each table is alone.
     */
    public List<List<TableComparison>> families() {
        var tables = comparison.tables();
        if (!request.apply()) {
            return tables.stream().map(List::of).toList();
        }
        var byName = tables.stream()
                .collect(Collectors.toMap(
                        TableComparison::name, Function.identity(), (one, other) -> one, LinkedHashMap::new));
        return foreignKeys.families(byName.keySet()).stream()
                .map(family -> family.stream().map(byName::get).toList())
                .toList();
    }

    /** Accepts the result of a table; results are delivered in the order of the tables. */
    public void report(Repaired result) {
        comparison.report(result.comparison().table(), result);
    }

    /** The results of all tables, in their order. */
    public List<Record> results() {
        return comparison.results();
    }

    /**
     * Fails if the run was ended: errors after that do not concern its tables.
     *
     * @throws io.londiste.error.LondisteException if so
     */
    void requireOpen() {
        comparison.requireOpen();
    }

    /** Releases the sync point. */
    @Override
    public void close() {
        comparison.close();
    }
}
