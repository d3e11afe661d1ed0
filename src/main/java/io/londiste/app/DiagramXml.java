package io.londiste.app;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.spi.ModelToXMLDumper;
import org.apache.camel.support.PluginHelper;

/**
 * Writes routes as XML, as Camel does, for Hawtio's diagrams. Hawtio labels a step with its id only if the XML says that
 * somebody chose it, which Camel's does not; otherwise with its kind, such as {@code Bean replay.add()}. The description becomes the step's note,
 * which the diagram shows.
 */
final class DiagramXml implements ModelToXMLDumper {
    /** The beginning of an element; {@code >} may stand in the value of an attribute. */
    private static final Pattern TAG = Pattern.compile("<\\w[^<>\"]*(?:\"[^\"]*\"[^<>\"]*)*>");

    private static final Pattern ID = Pattern.compile(" id=\"([^\"]*)\"");
    private static final Pattern DESCRIPTION = Pattern.compile(" description=(\"[^\"]*\")");

    private final ModelToXMLDumper camels;

    private DiagramXml(ModelToXMLDumper camels) {
        this.camels = camels;
    }

    /** From now on the MBeans of this context write routes in this way. */
    static void use(CamelContext context) {
        context.getCamelContextExtension()
                .addContextPlugin(ModelToXMLDumper.class, new DiagramXml(PluginHelper.getModelToXMLDumper(context)));
    }

    @Override
    public String dumpModelAsXml(CamelContext context, NamedNode node) throws Exception {
        return labelled(context, node, camels.dumpModelAsXml(context, node));
    }

    @Override
    public String dumpModelAsXml(
            CamelContext context, NamedNode node, boolean resolve, boolean generatedIds, boolean sourceLocation)
            throws Exception {
        return labelled(context, node, camels.dumpModelAsXml(context, node, resolve, generatedIds, sourceLocation));
    }

    @Override
    public String dumpBeansAsXml(CamelContext context, List<Object> beans) throws Exception {
        return camels.dumpBeansAsXml(context, beans);
    }

    @Override
    public String dumpDataFormatsAsXml(CamelContext context, Map<String, Object> formats) throws Exception {
        return camels.dumpDataFormatsAsXml(context, formats);
    }

    private String labelled(CamelContext context, NamedNode node, String xml) throws Exception {
        Set<String> chosen = ID.matcher(camels.dumpModelAsXml(context, node, false, false, false))
                .results()
                .map(id -> id.group(1))
                .collect(Collectors.toSet());
        return labelled(xml, chosen);
    }

    /** @param chosen the ids that were not generated */
    static String labelled(String xml, Set<String> chosen) {
        return TAG.matcher(xml).replaceAll(tag -> Matcher.quoteReplacement(tag(tag.group(), chosen)));
    }

    private static String tag(String tag, Set<String> chosen) {
        String noted = tag.contains(" note=\"") ? tag : DESCRIPTION.matcher(tag).replaceFirst("$0 note=$1");
        return ID.matcher(noted)
                .replaceFirst(id -> Matcher.quoteReplacement(
                        id.group() + (chosen.contains(id.group(1)) ? " customId=\"true\"" : "")));
    }
}
