package io.londiste.app;

import io.londiste.error.Causes;
import io.londiste.pgq.PgqConsumer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.main.MainListener;

/**
 * Compares the routes with how they should be: others than this program can stop, start and remove them through Camel's MBeans,
 * and the routes of integrators may fail again and again.
 * Safe for use by several threads.
 */
final class RouteStates {
    private static final String RUNNING = "running";
    private static final String REMOVED = "removed";

    /** How often a route fails in a row before it is a problem; a temporary error, such as a deadlock, is over by then. */
    private static final int FAILURES = 3;

    private final String remedy;
    private final Redeliveries redeliveries = new Redeliveries(FAILURES);
    private volatile Set<String> started = Set.of();

    /** @param remedy the end of each problem: what starts all routes again */
    RouteStates(String remedy) {
        this.remedy = remedy;
    }

    /** Has the routes report what their error handlers try again. */
    MainListener listener() {
        return redeliveries.listener();
    }

    /** The routes have been started: from now on they should run. */
    void begin(CamelContext context) {
        started = context.getRoutes().stream()
                .filter(Route::isAutoStartup)
                .map(Route::getRouteId)
                .collect(Collectors.toSet());
    }

    /** The routes are about to be stopped by this program. */
    void end() {
        started = Set.of();
    }

    /**
     * What is wrong; empty if nothing is.
     *
     * @param pause null if these routes cannot be paused
     */
    List<String> problems(CamelContext context, Pause pause) {
        var wrong = new TreeMap<String, Set<String>>(); // by what they are
        for (var route : started) {
            if (pause != null && pause.isChanging(route)) {
                continue;
            }
            var state = state(context, route);
            boolean paused = pause != null && pause.isPaused(route);
            if (paused == state.equals(RUNNING)) {
                wrong.computeIfAbsent(state, key -> new TreeSet<>()).add(route);
            }
        }
        return Stream.concat(
                        wrong.entrySet().stream().map(each -> problem(each.getKey(), each.getValue())),
                        failing(context).entrySet().stream()
                                .map(each -> "route " + each.getKey()
                                        + " has failed several times in a row, and reads no further: "
                                        + each.getValue()))
                .toList();
    }

    /** What keeps integrators' routes from reading on; the replay reports its failures itself, with more than the error. */
    private Map<String, String> failing(CamelContext context) {
        var failing = new TreeMap<String, String>();
        for (var each : redeliveries.failing()) {
            failing.put(each.route(), Causes.root(each.error()));
        }
        for (var route : context.getRoutes()) {
            if (route.getConsumer() instanceof PgqConsumer consumer && consumer.getErrorCounter() >= FAILURES) {
                var error = consumer.getLastError();
                failing.putIfAbsent(
                        route.getRouteId(), error == null ? "the batch was rolled back" : Causes.root(error));
            }
        }
        failing.remove("replay");
        return failing;
    }

    private String problem(String state, Set<String> routes) {
        boolean one = routes.size() == 1;
        return (one ? "route " : "routes ") + String.join(", ", routes) + (one ? " is " : " are ") + state
                + (state.equals(RUNNING) ? " although the replay is paused" : "")
                + ", by Camel's MBeans or Hawtio's page Camel; "
                + (state.equals(REMOVED) ? "" : "undo it there, or ") + remedy;
    }

    private static String state(CamelContext context, String route) {
        if (!context.getStatus().isStarted()) {
            return context.getStatus().name().toLowerCase(Locale.ROOT) + " with all others";
        }
        ServiceStatus status = context.getRouteController().getRouteStatus(route);
        if (status == null) {
            return REMOVED;
        }
        return status.isStarted() ? RUNNING : status.name().toLowerCase(Locale.ROOT);
    }
}
