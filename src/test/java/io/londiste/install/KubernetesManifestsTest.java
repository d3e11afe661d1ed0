package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.londiste.test.Guide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The manifests have the fields and the types that the Kubernetes API asks for, and what they refer to is there. */
class KubernetesManifestsTest {
    @FunctionalInterface
    private interface Schema {
        /** Throws if a field is unknown, missing or of another type. */
        void validate(JsonElement object) throws IOException;
    }

    private static final Map<String, Schema> SCHEMAS = Map.of(
            "apps/v1 Deployment", V1Deployment::validateJsonElement,
            "batch/v1 Job", V1Job::validateJsonElement,
            "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement,
            "v1 ConfigMap", V1ConfigMap::validateJsonElement,
            "v1 Secret", V1Secret::validateJsonElement);

    private static void validate(JsonObject object) throws IOException {
        var kind = Manifests.text(object, "apiVersion") + " " + Manifests.kind(object);
        assertThat(SCHEMAS).containsKey(kind);
        SCHEMAS.get(kind).validate(object);
    }

    @Test
    void areAsTheApiWantsThem() throws IOException {
        var objects = Manifests.all();
        assertThat(objects).extracting(Manifests::kind).contains("Deployment", "PodDisruptionBudget", "Secret");
        for (var object : objects) {
            validate(object);
        }
    }

    /** Files, objects and labels. */
    @Test
    void theCommandsOfTheReadmeNameWhatIsThere() throws IOException {
        var commands = Guide.blocks(Path.of("examples/kubernetes/README.md")).stream()
                .map(Guide.Block::text)
                .collect(Collectors.joining());

        assertThat(Pattern.compile("-f (\\S+)").matcher(commands).results())
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Path.of("examples/kubernetes", file.group(1)))
                        .exists());
        for (var named : Pattern.compile("\\b(job|deploy)[/ ]([\\w-]+)")
                .matcher(commands)
                .results()
                .toList()) {
            assertThat(Manifests.one(named.group(1).equals("job") ? "Job" : "Deployment", named.group(2)))
                    .isNotNull();
        }
        var labels = Pattern.compile("pod -l (\\S+)").matcher(commands);
        assertThat(labels.find()).isTrue();
        assertThat(matched(Manifests.one("Deployment", "shop")).entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue().getAsString()))
                .contains(labels.group(1).split(","));
    }

    @Test
    void mistakesAreFound() throws IOException {
        var unknown = Manifests.one("Deployment", "shop");
        Manifests.containers(unknown)
                .get(0)
                .node()
                .getAsJsonObject("readinessProbe")
                .addProperty("period", 1);
        assertThatThrownBy(() -> validate(unknown)).hasMessageContaining("`period`");

        var missing = Manifests.one("Deployment", "shop");
        missing.getAsJsonObject("spec").remove("selector");
        assertThatThrownBy(() -> validate(missing)).hasMessageContaining("`selector`");
    }

    private static JsonObject matched(JsonObject object) {
        return object.getAsJsonObject("spec").getAsJsonObject("selector").getAsJsonObject("matchLabels");
    }

    @Test
    void budgetsAndDeploymentsSelectTheirPods() throws IOException {
        for (var name : List.of("shop", "shop-ticker")) {
            var deployment = Manifests.one("Deployment", name);
            var labels =
                    Manifests.template(deployment).getAsJsonObject("metadata").getAsJsonObject("labels");
            assertThat(matched(deployment)).isEqualTo(labels);
            assertThat(matched(Manifests.one("PodDisruptionBudget", name))).isEqualTo(labels);
            assertThat(deployment.getAsJsonObject("spec").get("replicas").getAsInt())
                    .as("one works, one stands by")
                    .isEqualTo(2);
        }
    }
}
