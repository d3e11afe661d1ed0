package io.londiste.app;

import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.util.ObjectHelper;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Adds the routes of route files to a Camel context. An error names the file. */
final class RouteLoader implements RoutesBuilder {
    private final List<Resource> files;

    RouteLoader(List<Resource> files) {
        this.files = files;
    }

    @FunctionalInterface
    private interface Step {
        void take() throws Exception;
    }

    /** A builder with the file that it was made from. */
    private record Loaded(Resource file, RoutesBuilder builder) {}

    @Override
    public void addRoutesToCamelContext(CamelContext context) {
        RoutesLoader loader = PluginHelper.getRoutesLoader(context);
        List<Loaded> all = new ArrayList<>();
        for (Resource file : files) {
            naming(file, () -> loader.findRoutesBuilders(file).forEach(builder -> all.add(new Loaded(file, builder))));
        }
        for (Loaded loaded : all) { // routes refer to configurations of any file
            if (loaded.builder instanceof RouteConfigurationsBuilder configurations) {
                naming(loaded.file, () -> context.addRoutesConfigurations(configurations));
            }
        }
        Map<String, Resource> owners = new HashMap<>();
        for (Loaded loaded : all) {
            naming(loaded.file, () -> context.addRoutes(loaded.builder));
            requireOwnIds(context, loaded.file, owners);
        }
    }

    /** Camel would let the last route of an id silently replace the others. */
    private static void requireOwnIds(CamelContext context, Resource file, Map<String, Resource> owners) {
        for (RouteDefinition route :
                context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions()) {
            if (route.getResource() == null
                    || route.getId() == null
                    || !route.getResource().getLocation().equals(file.getLocation())) {
                continue;
            }
            Resource other = owners.putIfAbsent(route.getId(), file);
            if (other != null) {
                throw new LondisteException(name(file) + ": line " + route.getLineNumber() + ": route " + route.getId()
                        + " is in " + name(other)
                        + ", too. Give it another id, or the file the name of the one that it is to replace");
            }
        }
    }

    private static void naming(Resource file, Step step) {
        try {
            step.take();
        } catch (Exception e) {
            MarkedYamlEngineException yaml = ObjectHelper.getException(MarkedYamlEngineException.class, e);
            throw new LondisteException(name(file) + ": " + (yaml == null ? Causes.root(e) : withLine(yaml)), e);
        }
    }

    private static String withLine(MarkedYamlEngineException error) {
        return error.getProblemMark()
                        .map(mark -> "line " + (mark.getLine() + 1) + ": ")
                        .orElse("")
                + (error.getContext() == null ? "" : error.getContext() + ": ")
                + error.getProblem();
    }

    /** The path of a file, or the name of a built-in one. */
    private static String name(Resource file) {
        return name(file.getLocation());
    }

    static String name(String location) {
        return location.startsWith("file:")
                ? location.substring("file:".length())
                : location.replaceFirst("^classpath:routes/", "built-in ");
    }

    @Override
    public void addTemplatedRoutesToCamelContext(CamelContext context) {
        // none
    }

    @Override
    public Set<String> updateRoutesToCamelContext(CamelContext context) {
        throw new UnsupportedOperationException("routes are replaced as a whole");
    }
}
