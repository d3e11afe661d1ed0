package io.londiste.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.londiste.watch.ControlledDaemon.State;
import io.londiste.watch.JobView;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The health of a daemon.
 *
 * @param problems what prevents it from working, each with a remedy where one is known
 * @param tables why single tables differ or may differ, see {@link JobView#tableProblems}; null: not checked
 */
record Health(State state, boolean isHealthy, List<String> problems, List<String> tables) {
    /** A standby and a replay that an operator has paused are healthy, too. */
    private static final Set<State> HEALTHY = EnumSet.of(State.RUNNING, State.STANDBY, State.PAUSED);

    private static final JsonFactory JSON = new JsonFactory();

    /** Liveness: a daemon that responds is alive. */
    static Health live(JobView view) {
        return new Health(view.daemon().condition().state(), true, List.of(), null);
    }

    /**
     * Readiness: the daemon can work, and its lag is within the limit. The lag of a replay that is paused is its operator's
     * wish, and that of a standby is another process's.
     */
    static Health ready(JobView view) {
        var state = view.daemon().condition().state();
        var problems = new ArrayList<>(view.errors());
        if (problems.isEmpty() && !HEALTHY.contains(state)) {
            problems.add(written(state));
        }
        var limit = view.settings().lagLimit();
        if (state != State.PAUSED
                && state != State.STANDBY
                && view.lag() != null
                && view.lag().compareTo(limit) > 0) {
            problems.add("the subscriber is " + view.lag().toSeconds() + " s behind, more than lag_limit, "
                    + limit.toSeconds() + " s");
        }
        return new Health(state, problems.isEmpty(), List.copyOf(problems), view.tableProblems());
    }

    /** Readiness, and no table is stopped, differs or may differ. */
    static Health complete(JobView view) {
        var ready = ready(view);
        return new Health(ready.state, ready.isHealthy && ready.tables.isEmpty(), ready.problems, ready.tables);
    }

    String json() {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", isHealthy ? "UP" : "DOWN");
            json.writeStringField("state", written(state));
            write(json, "problems", problems);
            if (tables != null) {
                write(json, "tables", tables);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + "\n";
    }

    private static void write(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (var text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private static String written(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
