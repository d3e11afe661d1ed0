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
import java.io.IOException;
import java.util.List;
import java.util.Map;
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
