package io.londiste.jmx;

import io.londiste.app.Application;
import io.londiste.change.TableName;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.sync.ResultListener;
import io.londiste.sync.WorkListener;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import javax.management.openmbean.CompositeData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A comparison or repair that runs in the background, by the same routes as on the command line. */
final class ComparisonBean implements ComparisonMBean, ResultListener, WorkListener, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ComparisonBean.class);

    private enum State {
        QUEUED,
        RUNNING,
        DONE,
        FAILED,
        CANCELLED
    }

    /** The route and the body of the message to send to it. */
    record Request(String route, Record body) {}

    private final long id;
    private final Request request;
    private final BiFunction<ResultListener, WorkListener, Application> maker;
    private final RowFile rowFile;
    private final Comparisons all;
    private final Instant requested = Instant.now();
    private final List<TableResult> results = new ArrayList<>();
    private final Map<TableName, FixFile> fixes = new HashMap<>();
    private Application application;
    private State state = State.QUEUED;
    private Instant started;
    private Instant ended;
    private String error = "";
    private long rows;
    private long totalRows;

    /**
     * @param rowFile the rows that the comparison finds to differ; empty for a repair
     * @param maker creates the routes, which report results and progress to the given listeners
     */
    ComparisonBean(
            long id,
            Request request,
            RowFile rowFile,
            BiFunction<ResultListener, WorkListener, Application> maker,
            Comparisons all) {
        this.id = id;
        this.request = request;
        this.rowFile = rowFile;
        this.maker = maker;
        this.all = all;
    }

    /** Runs the comparison to its end. */
    @Override
    public void run() {
        try (var routes = maker.apply(this, this)) {
            if (begin(routes)) {
                routes.start();
                routes.send(request.route, request.body);
            }
            end(State.DONE, "");
        } catch (RuntimeException e) {
            LOG.debug("{} {}", request.route, id, e);
            end(State.FAILED, Causes.message(e));
        } finally {
            all.startNext();
        }
    }

    /** Its turn has come; returns whether it is to run, which it is not if it has been cancelled. */
    synchronized boolean begin() {
        if (state != State.QUEUED) {
            return false;
        }
        state = State.RUNNING;
        started = Instant.now();
        return true;
    }

    private synchronized boolean begin(Application routes) {
        application = routes;
        return state == State.RUNNING;
    }

    /** Sets the final state, unless there is one already. */
    private synchronized void end(State last, String reason) {
        if (!hasEnded()) {
            state = last;
            error = reason;
            ended = Instant.now();
            LOG.info("{} {} {}{}", request.route, id, getState(), reason.isEmpty() ? "" : ": " + reason);
        }
        application = null;
    }

    synchronized boolean isRunning() {
        return state == State.RUNNING;
    }

    synchronized boolean isQueued() {
        return state == State.QUEUED;
    }

    synchronized boolean hasEnded() {
        return state != State.QUEUED && state != State.RUNNING;
    }

    @Override
    public void add(Record result) {
        synchronized (this) {
            var found = TableResult.of(result, rowFile);
            results.add(found);
            if (found.file() != null) {
                fixes.put(found.table(), new FixFile(found.file()));
            }
        }
        all.add(started, result);
    }

    @Override
    public synchronized void begin(long more) {
        totalRows += more;
    }

    @Override
    public synchronized void done(long more) {
        if (state == State.RUNNING) {
            rows += more;
        }
    }

    @Override
    public long getId() {
        return id;
    }

    @Override
    public String getKind() {
        return request.route;
    }

    @Override
    public synchronized String getState() {
        return state.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Date getRequested() {
        return Date.from(requested);
    }

    @Override
    public synchronized Date getStarted() {
        return Composites.date(started);
    }

    @Override
    public synchronized Date getEnded() {
        return Composites.date(ended);
    }

    @Override
    public synchronized long getRows() {
        return rows;
    }

    @Override
    public synchronized long getTotalRows() {
        return totalRows;
    }

    @Override
    public synchronized double getProgress() {
        return state == State.DONE ? 1 : totalRows == 0 ? 0 : Math.min(1, (double) rows / totalRows);
    }

    @Override
    public synchronized String getError() {
        return error;
    }

    @Override
    public synchronized CompositeData[] getResults() {
        return Composites.of(results);
    }

    /** The name of a table in the results. */
    private synchronized TableName table(String name) {
        return results.stream()
                .map(TableResult::table)
                .filter(table -> table.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new LondisteException(getKind() + " " + id + " has no result of " + name));
    }

    private synchronized FixFile fix(TableName table) {
        var fix = fixes.get(table);
        if (fix == null) {
            throw new LondisteException(getKind() + " " + id + " has written no statements for " + table);
        }
        return fix;
    }

    @Override
    public CompositeData differingRows(String table, long from, int length) {
        return Composites.of(rowFile.part(table(table), from, length));
    }

    @Override
    public CompositeData statements(String table, long from, int length) {
        return Composites.of(fix(table(table)).part(from, length));
    }

    /** Removes the rows that differ. */
    void close() {
        rowFile.close();
    }

    @Override
    public void cancel() {
        if (!cancelIfNotEnded()) {
            throw new LondisteException("the comparison has already ended: " + getState());
        }
    }

    /** Returns whether it was cancelled. */
    boolean cancelIfNotEnded() {
        Application running;
        synchronized (this) {
            if (hasEnded()) {
                return false;
            }
            running = application;
            end(State.CANCELLED, "");
        }
        if (running != null) {
            running.close();
        }
        return true;
    }

    @Override
    public void forget() {
        if (!hasEnded()) {
            throw new LondisteException("the comparison has not ended; cancel it first");
        }
        all.forget(this);
    }
}
