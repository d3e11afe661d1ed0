package io.londiste.app;

import org.apache.camel.CamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.util.URISupport;

/**
 * A route of a daemon, and where it comes from.
 *
 * @param id its name
 * @param description what it does; null if it has none
 * @param from the endpoint that it reads, without its options and without a password
 * @param file the path of its file, or the name of a built-in one
 * @param builtIn whether its file is a built-in one
 */
public record LoadedRoute(String id, String description, String from, String file, boolean builtIn) {
    static LoadedRoute of(CamelContext context, RouteDefinition route) {
        String location = route.getResource().getLocation();
        return new LoadedRoute(
                route.getRouteId(),
                route.getDescriptionText(),
                URISupport.sanitizeUri(context.resolvePropertyPlaceholders(
                                route.getInput().getEndpointUri()))
                        .replaceFirst("\\?.*", ""),
                RouteLoader.name(location),
                RouteFiles.isBuiltIn(location));
    }
}
