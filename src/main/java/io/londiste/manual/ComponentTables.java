package io.londiste.manual;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/** The options and headers of the {@code pgq} component as AsciiDoc tables, from the metadata that Camel's build plugin makes. */
final class ComponentTables {
    /** The metadata in the project's directory. */
    static final Path METADATA = Path.of("src/camel-pgq/src/generated/resources/META-INF/io/londiste/pgq/pgq.json");

    private final JsonObject metadata;

    ComponentTables(Path file) throws IOException {
        try {
            metadata = (JsonObject) Jsoner.deserialize(Files.readString(file));
        } catch (DeserializationException e) {
            throw new IOException("not the metadata of a component: " + file, e);
        }
    }

    /**
     * A table.
     *
     * @param group {@code componentProperties}, {@code properties} (the endpoint's) or {@code headers}
     */
    List<String> of(String group) {
        var lines = new ArrayList<String>();
        lines.addAll(List.of(
                "[width=\"100%\",cols=\"3,6,^2,^3\",options=\"header\"]",
                "|===", "| Name | Description | Default | Type"));
        metadata.getMap(group).forEach((name, details) -> lines.add(row(String.valueOf(name), (Map<?, ?>) details)));
        lines.add("|===");
        return lines;
    }

    private static String row(String name, Map<?, ?> details) {
        var type = String.valueOf(details.get("javaType")).replaceAll("\\b(?:[a-z]+\\.)+", "");
        var kind = "path".equals(details.get("kind")) ? "path, " : "";
        var required = Boolean.TRUE.equals(details.get("required")) ? "*Required.* " : "";
        var description = String.valueOf(details.get("description"));
        return "| *%s* (%s%s) | %s%s%s | %s | %s"
                .formatted(
                        name,
                        kind,
                        details.get("group"),
                        required,
                        description,
                        description.endsWith(".") ? "" : ".",
                        Objects.requireNonNullElse(details.get("defaultValue"), ""),
                        type);
    }
}
