package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Diagrams of the built-in routes read as documentation: each step has an id of words that says what it does, and a description. */
class StepIdsTest {
    static List<Path> files() throws IOException {
        try (var files = Files.list(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void eachStepHasAnIdOfItsOwn(Path file) throws IOException {
        assertThat(ids(file))
                .isNotEmpty()
                .doesNotContainNull()
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z]+(-[a-z]+)*"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void eachStepHasADescription(Path file) throws IOException {
        var undescribed = nodes(file).stream()
                .filter(step -> !(step.get("description") instanceof String text) || text.isBlank())
                .map(step -> step.get("id"))
                .toList();
        assertThat(undescribed).isEmpty();
    }

    @Test
    void noTwoFilesHaveTheSameId() throws IOException {
        var ids = new ArrayList<String>();
        for (Path file : files()) {
            ids.addAll(ids(file));
        }
        ids.removeIf(Objects::isNull);
        assertThat(ids).doesNotHaveDuplicates();
    }

    private static List<String> ids(Path file) throws IOException {
        return nodes(file).stream().map(node -> (String) node.get("id")).toList();
    }

    /** Routes, their beginnings and steps. */
    private static List<Map<?, ?>> nodes(Path file) throws IOException {
        var nodes = new ArrayList<Map<?, ?>>();
        collect(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file)), nodes);
        return nodes;
    }

    private static void collect(Object node, List<Map<?, ?>> nodes) {
        if (node instanceof List<?> list) {
            list.forEach(each -> collect(each, nodes));
        } else if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (List.of("route", "routeConfiguration", "from").contains(key)) {
                    nodes.add(map(value));
                } else if (value instanceof List<?> steps
                        && List.of("steps", "onException").contains(key)) {
                    steps.forEach(step -> nodes.add(map(only(step))));
                } else if (value instanceof List<?> branches
                        && List.of("when", "doCatch").contains(key)) {
                    branches.forEach(branch -> nodes.add(map(branch)));
                } else if (List.of("otherwise", "doFinally").contains(key)) {
                    nodes.add(map(value));
                }
                collect(value, nodes);
            });
        }
    }

    private static Object only(Object step) {
        return ((Map<?, ?>) step).values().iterator().next();
    }

    /** Without anything for a node that is written in one word. */
    private static Map<?, ?> map(Object node) {
        return node instanceof Map<?, ?> map ? map : Map.of();
    }
}
