package io.londiste.metrics;

import com.fasterxml.jackson.core.JsonFactory;
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
 * Whether a daemon does what it is for.
 *
 * @param problems what keeps it from that, each with what to do about it where that is known; none if it is ready
 */
record Health(State state, List<String> problems) {
    /** A replay that stands by, or that somebody has paused, is as it should be. */
    private static final Set<State> GOOD = EnumSet.of(State.RUNNING, State.STANDBY, State.PAUSED);

    private static final JsonFactory JSON = new JsonFactory();

    /** That of a daemon that is there at all. */
    static Health live(JobView view) {
        return new Health(view.daemon().condition().state(), List.of());
    }

    /** That of one that can do its work, and keeps up with it. */
    static Health ready(JobView view) {
        var state = view.daemon().condition().state();
        var problems = new ArrayList<String>();
        if (!view.error().isEmpty()) {
            problems.add(view.error());
        } else if (!GOOD.contains(state)) {
            problems.add(written(state));
        }
        var limit = view.settings().lagLimit();
        if (view.lag() != null && view.lag().compareTo(limit) > 0) {
            problems.add("the subscriber is " + view.lag().toSeconds() + " s behind, more than lag_limit, "
                    + limit.toSeconds() + " s");
        }
        return new Health(state, List.copyOf(problems));
    }

    boolean isGood() {
        return problems.isEmpty();
    }

    String json() {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", isGood() ? "UP" : "DOWN");
            json.writeStringField("state", written(state));
            json.writeArrayFieldStart("problems");
            for (var problem : problems) {
                json.writeString(problem);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + "\n";
    }

    private static String written(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
