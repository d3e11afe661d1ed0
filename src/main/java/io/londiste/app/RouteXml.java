package io.londiste.app;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationsDefinition;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.spi.ModelToXMLDumper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** Route files in YAML, translated to Camel's XML. */
final class RouteXml {
    private RouteXml() {}

    /**
     * Translates a route file, which must be correct. Comments are lost.
     *
     * @param location where it comes from; its suffix says the format
     */
    static String of(String location, String content) {
        CamelContext context = new DefaultCamelContext();
        try {
            for (RoutesBuilder builder : PluginHelper.getRoutesLoader(context)
                    .findRoutesBuilders(ResourceHelper.fromString(location, content))) {
                if (builder instanceof RouteConfigurationsBuilder configurations) {
                    context.addRoutesConfigurations(configurations);
                }
                context.addRoutes(builder);
            }
            return String.join("\n", elements(context)) + "\n";
        } catch (Exception e) {
            throw new IllegalStateException(location, e);
        } finally {
            context.stop();
        }
    }

    private static List<String> elements(CamelContext context) throws Exception {
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        List<String> elements = new ArrayList<>();
        if (!model.getRouteConfigurationDefinitions().isEmpty()) {
            RouteConfigurationsDefinition all = new RouteConfigurationsDefinition();
            all.setRouteConfigurations(model.getRouteConfigurationDefinitions());
            elements.add(xml(context, all));
        }
        if (!model.getRouteDefinitions().isEmpty()) {
            RoutesDefinition all = new RoutesDefinition();
            all.setRoutes(model.getRouteDefinitions());
            elements.add(xml(context, all));
        }
        return elements;
    }

    private static String xml(CamelContext context, NamedNode element) throws Exception {
        ModelToXMLDumper dumper = PluginHelper.getModelToXMLDumper(context);
        return dumper.dumpModelAsXml(context, element, false, false, false);
    }
}
