package io.londiste.install;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The objects of {@code examples/kubernetes}. */
final class Manifests {
    private static final Path DIRECTORY = Path.of("examples/kubernetes");

    private Manifests() {}

    /** A container of a pod: its command, and what it gets. */
    record Container(JsonObject pod, JsonObject node) {
        List<String> command() {
            return node.getAsJsonArray("command").asList().stream()
                    .map(JsonElement::getAsString)
                    .toList();
        }

        Map<String, String> environment() {
            var values = new TreeMap<String, String>();
            objects(node, "env").forEach(each -> values.put(text(each, "name"), text(each, "value")));
            return values;
        }

        /** The directories in which it has volumes, by the kind and name of what they are of. */
        Map<String, String> mounts() {
            var mounts = new TreeMap<String, String>();
            objects(node, "volumeMounts").forEach(mount -> {
                var volume = named(objects(pod, "volumes"), text(mount, "name"));
                var of = volume.has("configMap")
                        ? "ConfigMap " + text(volume.getAsJsonObject("configMap"), "name")
                        : volume.has("secret") ? "Secret " + text(volume.getAsJsonObject("secret"), "secretName") : "";
                mounts.put(of, text(mount, "mountPath"));
            });
            return mounts;
        }

        /** The port and the path of an HTTP probe. */
        String probe(String name) {
            var request = node.getAsJsonObject(name).getAsJsonObject("httpGet");
            return text(named(objects(node, "ports"), text(request, "port")), "containerPort") + text(request, "path");
        }
    }

    static String text(JsonObject object, String key) {
        return object.get(key).getAsString();
    }

    private static List<JsonObject> objects(JsonObject object, String key) {
        return Objects.requireNonNullElseGet(object.getAsJsonArray(key), JsonArray::new).asList().stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    private static JsonObject named(List<JsonObject> list, String name) {
        return list.stream()
                .filter(each -> text(each, "name").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + name));
    }

    /** All objects, in the order of the files' names. */
    static List<JsonObject> all() throws IOException {
        var all = new ArrayList<JsonObject>();
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            files.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(file -> all.addAll(read(file)));
        }
        return all;
    }

    private static List<JsonObject> read(Path file) {
        var objects = new ArrayList<JsonObject>();
        try (var reader = Files.newBufferedReader(file)) {
            var settings = LoadSettings.builder().setLabel(file.toString()).build();
            new Load(settings)
                    .loadAllFromReader(reader)
                    .forEach(object -> objects.add(new Gson().toJsonTree(object).getAsJsonObject()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return objects;
    }

    static String kind(JsonObject object) {
        return text(object, "kind");
    }

    static String name(JsonObject object) {
        return text(object.getAsJsonObject("metadata"), "name");
    }

    static JsonObject one(String kind, String name) throws IOException {
        return all().stream()
                .filter(object -> kind(object).equals(kind) && name(object).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
    }

    /** The pod that a workload starts. */
    static JsonObject template(JsonObject workload) {
        return workload.getAsJsonObject("spec").getAsJsonObject("template");
    }

    /** The containers of a workload in the order in which they run, those of its initialisation first. */
    static List<Container> containers(JsonObject workload) {
        var pod = template(workload).getAsJsonObject("spec");
        return Stream.of("initContainers", "containers")
                .flatMap(list -> objects(pod, list).stream())
                .map(container -> new Container(pod, container))
                .toList();
    }
}
