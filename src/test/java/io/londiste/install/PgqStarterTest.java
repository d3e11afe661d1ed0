package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.pgq.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The Spring Boot starter has the options of the component. */
class PgqStarterTest {
    private static final Path COMPONENT =
            Path.of("src/camel-pgq/src/generated/resources/META-INF/io/londiste/pgq/pgq.json");
    private static final Path STARTER =
            Path.of("target/camel-pgq-starter/classes/META-INF/spring-configuration-metadata.json");
    private static final String PREFIX = "camel.component.pgq.";

    /** What both say of an option. */
    private record Option(String type, Object value, String description) {
        static Option of(Map<?, ?> option, String type) {
            var description = String.valueOf(option.get("description"));
            return new Option(
                    type,
                    option.get("defaultValue"),
                    description.replaceAll("\\s+", " ").replaceFirst("\\.$", ""));
        }
    }

    private static Map<String, Option> ofTheComponent() throws IOException {
        var options = new TreeMap<String, Option>();
        var metadata = JsonText.object(Files.readString(COMPONENT));
        ((Map<?, ?>) metadata.get("componentProperties")).forEach((name, each) -> {
            var option = (Map<?, ?>) each;
            var dashed = String.valueOf(name).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            options.put(dashed, Option.of(option, String.valueOf(option.get("javaType"))));
        });
        return options;
    }

    private static Map<String, Option> ofTheStarter() throws IOException {
        var options = new TreeMap<String, Option>();
        var metadata = JsonText.object(Files.readString(STARTER));
        for (var each : (List<?>) metadata.get("properties")) {
            var option = (Map<?, ?>) each;
            var type = String.valueOf(option.get("type")).equals("java.lang.Boolean") ? "boolean" : option.get("type");
            options.put(
                    String.valueOf(option.get("name")).replace(PREFIX, ""), Option.of(option, String.valueOf(type)));
        }
        return options;
    }

    @Test
    void itsOptionsAreThoseOfTheComponentWithTheSameTypesDefaultsAndDescriptions() throws IOException {
        var options = ofTheStarter();

        // those of every starter
        assertThat(options.remove("enabled")).isNotNull();
        options.keySet().removeIf(name -> name.startsWith("customizer"));
        assertThat(options).isEqualTo(ofTheComponent());
    }
}
