package io.londiste.app;

import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.hook.Hook;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.MultipleConsumersSupport;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.spi.ProcessorFactory;
import org.apache.camel.support.PatternHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.util.ObjectHelper;

/** Creates the routes of a Camel context without starting them, and finds the file and the line of a mistake. */
final class RouteCheck {
    private final CamelContext context;
    private NamedNode latest;
    private String latestRoute;

    RouteCheck(CamelContext context) {
        this.context = context;
    }

    /**
     * Creates all routes with their steps, beans and endpoints, and returns them, in the order of their ids.
     *
     * @throws LondisteException if one of them cannot be created
     */
    List<LoadedRoute> run() {
        context.build();
        context.getCamelContextExtension()
                .addContextPlugin(ProcessorFactory.class, new Steps(PluginHelper.getProcessorFactory(context)));
        try {
            context.init();
        } catch (Exception e) {
            throw located(e);
        }
        Map<Endpoint, RouteDefinition> readers = new HashMap<>();
        Map<Integer, RouteDefinition> orders = new HashMap<>();
        for (RouteDefinition route : model().getRouteDefinitions()) {
            requireConfiguration(route);
            requireHook(route);
            requireOwnInput(route, readers);
            requireOwnOrder(route, orders);
        }
        for (RouteDefinition route : model().getRouteDefinitions()) {
            ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class)
                    .forEach(to -> requireReader(to, readers.keySet()));
        }
        return model().getRouteDefinitions().stream()
                .map(route -> LoadedRoute.of(context, route))
                .sorted(Comparator.comparing(LoadedRoute::id))
                .toList();
    }

    /** Camel ignores a configuration that does not exist: errors would be handled in another way than intended. */
    private void requireConfiguration(RouteDefinition route) {
        String wanted = route.getRouteConfigurationId();
        for (String id : wanted == null ? new String[0] : wanted.split(",")) {
            if (model().getRouteConfigurationDefinitions().stream()
                    .noneMatch(known -> PatternHelper.matchPattern(known.getId(), id.strip()))) {
                throw new LondisteException(place(route) + "no route configuration has the id " + id.strip());
            }
        }
    }

    /** Nothing would ever be sent to another name. */
    private void requireHook(RouteDefinition route) {
        if (endpoint(route.getInput().getEndpointUri()) instanceof SedaEndpoint seda
                && Hook.isReserved(seda.getName())
                && Hook.of(seda.getName()).isEmpty()) {
            throw new LondisteException(place(route.getInput()) + "there is no hook " + seda.getName()
                    + "; names of hooks begin with londiste-: " + Hook.names());
        }
    }

    /** Camel notices this, too, but only when the other route has been started. */
    private void requireOwnInput(RouteDefinition route, Map<Endpoint, RouteDefinition> readers) {
        Endpoint input = endpoint(route.getInput().getEndpointUri());
        RouteDefinition other = readers.putIfAbsent(input, route);
        boolean shared = input instanceof MultipleConsumersSupport many && many.isMultipleConsumersSupported();
        if (other != null && !shared) {
            throw new LondisteException(place(route.getInput()) + "route " + other.getRouteId() + " in "
                    + RouteLoader.name(other.getLocation()) + " reads from it, too");
        }
    }

    /** As {@link #requireOwnInput}. */
    private void requireOwnOrder(RouteDefinition route, Map<Integer, RouteDefinition> orders) {
        Integer order = route.getStartupOrder();
        RouteDefinition other = order == null ? null : orders.putIfAbsent(order, route);
        if (other != null) {
            throw new LondisteException(
                    place(route) + "startupOrder " + order + " is that of route " + other.getRouteId() + ", too");
        }
    }

    /** Otherwise each exchange would fail at this step. */
    private void requireReader(ToDefinition to, Set<Endpoint> read) {
        if (endpoint(to.getEndpointUri()) instanceof DirectEndpoint direct && !read.contains(direct)) {
            throw new LondisteException(place(to) + "no route reads from it");
        }
    }

    private Endpoint endpoint(String uri) {
        return context.getEndpoint(context.resolvePropertyPlaceholders(uri));
    }

    private LondisteException located(Exception e) {
        FailedToCreateRouteException failed = ObjectHelper.getException(FailedToCreateRouteException.class, e);
        String id = failed == null ? null : failed.getRouteId();
        NamedNode node = null;
        if (id != null && id.equals(latestRoute)) {
            node = latest;
        } else if (id != null && model().getRouteDefinition(id) != null) {
            node = model().getRouteDefinition(id).getInput();
        }
        return new LondisteException((node == null ? "routes: " : place(node)) + Causes.root(e), e);
    }

    /** The place of the route that could not be started; empty if the error is another one. */
    static String place(CamelContext context, Exception error) {
        FailedToStartRouteException failed = ObjectHelper.getException(FailedToStartRouteException.class, error);
        RouteDefinition route = failed == null ? null : model(context).getRouteDefinition(failed.getRouteId());
        return route == null ? "" : place(route);
    }

    private static String place(NamedNode node) {
        String file = node.getLocation() == null ? "routes" : RouteLoader.name(node.getLocation());
        String name = node instanceof RouteDefinition route ? "route " + route.getRouteId() : node.getLabel();
        return file + ": " + (node.getLineNumber() > 0 ? "line " + node.getLineNumber() + ": " : "") + name + ": ";
    }

    private Model model() {
        return model(context);
    }

    private static Model model(CamelContext context) {
        return context.getCamelContextExtension().getContextPlugin(Model.class);
    }

    /** Notes which step is being created; Camel's own errors only have the outermost one. It creates them from top to bottom. */
    private final class Steps implements ProcessorFactory {
        private final ProcessorFactory camels;

        private Steps(ProcessorFactory camels) {
            this.camels = camels;
        }

        @Override
        public Processor createChildProcessor(Route route, NamedNode step, boolean mandatory) throws Exception {
            return camels.createChildProcessor(route, step, mandatory);
        }

        @Override
        public Processor createProcessor(Route route, NamedNode step) throws Exception {
            latest = step;
            latestRoute = route.getRouteId();
            return camels.createProcessor(route, step);
        }

        @Override
        public Processor createProcessor(CamelContext owner, String name, Object[] arguments) throws Exception {
            return camels.createProcessor(owner, name, arguments);
        }
    }
}
