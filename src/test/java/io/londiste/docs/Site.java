package io.londiste.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Collects the pages of the documentation, which are kept next to what they describe, in one directory, from which Maven's
 * site plugin renders them. Links between pages are adapted, and other files that the pages link to are copied.
 *
 * <p>{@code mvn -N site} runs it from its source, so that nothing has to be compiled. Used by one thread.
 */
final class Site {
    /** Pages outside of {@code src/site/markdown}, with their names in the site. */
    private static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("README.md", "index"),
            Map.entry("CHANGELOG.md", "changelog"),
            Map.entry("examples/quickstart/README.md", "quickstart"),
            Map.entry("examples/monitoring/README.md", "monitoring"),
            Map.entry("examples/hooks/README.md", "hooks"),
            Map.entry("examples/files/README.md", "files"),
            Map.entry("examples/webhook/README.md", "webhook"),
            Map.entry("examples/kafka/README.md", "kafka"),
            Map.entry("examples/queue-mover/README.md", "queue-mover"),
            Map.entry("examples/queue-splitter/README.md", "queue-splitter"),
            Map.entry("examples/bulk-loader/README.md", "bulk-loader"),
            Map.entry("examples/table-dispatcher/README.md", "table-dispatcher"),
            Map.entry("examples/pgq-application/README.md", "pgq-application"),
            Map.entry("examples/pgq-spring-boot/README.md", "pgq-spring-boot"),
            Map.entry("examples/kubernetes/README.md", "kubernetes"),
            Map.entry("src/bench/README.md", "benchmark"),
            Map.entry("src/test/README.md", "tests"),
            Map.entry("src/main/docs/pgq-component.adoc", "pgq-component"));

    private static final Path MARKDOWN = Path.of("src/site/markdown");
    private static final Path RESOURCES = Path.of("src/site/resources");

    private static final Pattern LINK = Pattern.compile("(\\]\\()([^)\\s]+)(\\))");
    private static final Pattern HEADING = Pattern.compile("#+ (.*)");
    private static final Pattern CODE = Pattern.compile("`([^`]*\\\\\\|[^`]*)`");

    private final Path project;
    /** Each page's name in the site. */
    private final Map<Path, String> pages = new LinkedHashMap<>();
    /** The pages that each page links to. */
    private final Map<Path, Set<Path>> links = new HashMap<>();

    private final Set<Path> files = new TreeSet<>();
    private final Set<String> broken = new LinkedHashSet<>();

    /** @param project the project's directory */
    Site(Path project) throws IOException {
        this.project = project;
        ELSEWHERE.forEach((file, name) -> {
            if (Files.exists(project.resolve(file))) {
                pages.put(Path.of(file), name);
            }
        });
        try (var found = Files.list(project.resolve(MARKDOWN))) {
            found.map(project::relativize)
                    .forEach(file ->
                            pages.put(file, file.getFileName().toString().replaceFirst("\\.md$", "")));
        }
    }

    /**
     * Writes the sources of the site.
     *
     * @param arguments the project's directory, and the one to write to
     */
    public static void main(String... arguments) throws IOException {
        var site = new Site(Path.of(arguments[0]));
        site.write(Path.of(arguments[1]));
        if (!site.broken().isEmpty()) {
            System.err.println(String.join("\n", site.broken()));
            System.exit(1);
        }
    }

    /** The links that lead nowhere, each with its page; complete after {@link #write}. */
    Set<String> broken() {
        return broken;
    }

    /** The pages that no sequence of links leads to from the first page; complete after {@link #write}. */
    Set<Path> unreachable() {
        var reached = new HashSet<Path>();
        var next = new ArrayList<>(List.of(Path.of("README.md")));
        while (!next.isEmpty()) {
            var page = next.remove(0);
            if (reached.add(page)) {
                next.addAll(links.getOrDefault(page, Set.of()));
            }
        }
        var rest = new TreeSet<>(pages.keySet());
        rest.removeAll(reached);
        return rest;
    }

    void write(Path target) throws IOException {
        for (var page : pages.entrySet()) {
            boolean markdown = page.getKey().toString().endsWith(".md");
            var text = Files.readString(project.resolve(page.getKey()));
            save(
                    target.resolve(markdown ? "markdown" : "asciidoc")
                            .resolve(page.getValue() + (markdown ? ".md" : ".adoc")),
                    markdown ? adapted(page.getKey(), text) : text);
        }
        for (var file : files) {
            var copy = file.startsWith(RESOURCES)
                    ? RESOURCES.relativize(file)
                    : Path.of("files").resolve(file);
            save(target.resolve("resources").resolve(copy), Files.readString(project.resolve(file)));
        }
        var menu = project.resolve("src/site/site.xml");
        if (Files.exists(menu)) {
            save(target.resolve("site.xml"), Files.readString(menu));
        }
    }

    private static void save(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String adapted(Path page, String text) throws IOException {
        var adapted = new StringBuilder();
        var anchors = new Anchors();
        boolean code = false;
        for (var line : text.lines().toList()) {
            code ^= line.startsWith("```");
            var heading = HEADING.matcher(line);
            if (!code && heading.matches()) {
                // the renderer makes other anchors of headings than GitHub does
                adapted.append("<a id=\"").append(anchors.of(heading.group(1))).append("\"></a>\n\n");
            }
            adapted.append(code ? line : adaptedLine(page, line)).append('\n');
        }
        return adapted.toString();
    }

    private String adaptedLine(Path page, String line) throws IOException {
        var linked = replaceAll(LINK, line, link -> link.group(1) + target(page, link.group(2)) + link.group(3));
        // within code in tables, the renderer shows the backslash that protects a bar
        return linked.startsWith("|")
                ? replaceAll(
                        CODE,
                        linked,
                        span -> "<code>" + span.group(1).replace("<", "&lt;").replace("\\|", "&#124;") + "</code>")
                : linked;
    }

    private interface Replacement {
        String of(MatchResult match) throws IOException;
    }

    private static String replaceAll(Pattern pattern, String text, Replacement replacement) throws IOException {
        var matcher = pattern.matcher(text);
        var result = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(result, Matcher.quoteReplacement(replacement.of(matcher.toMatchResult())));
        }
        return matcher.appendTail(result).toString();
    }

    /** What a link becomes in the site. */
    private String target(Path page, String link) throws IOException {
        if (link.matches("[a-z]+:.*")) {
            return link;
        }
        var parts = link.split("#", 2);
        var anchor = parts.length > 1 ? parts[1] : "";
        var file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        if (!Files.isRegularFile(project.resolve(file)) || !anchor.isEmpty() && !hasAnchor(file, anchor)) {
            broken.add(page + ": " + link);
            return link;
        }
        if (pages.containsKey(file)) {
            links.computeIfAbsent(page, from -> new HashSet<>()).add(file);
            return pages.get(file) + ".html" + (anchor.isEmpty() ? "" : "#" + anchor);
        }
        files.add(file);
        return (file.startsWith(RESOURCES) ? RESOURCES.relativize(file) : "files/" + file).toString();
    }

    private boolean hasAnchor(Path file, String anchor) throws IOException {
        var anchors = new Anchors();
        return Files.readAllLines(project.resolve(file)).stream()
                .map(HEADING::matcher)
                .filter(heading -> heading.matches())
                .map(heading -> anchors.of(heading.group(1)))
                .toList()
                .contains(anchor);
    }

    /** The anchors of a page's headings, as GitHub makes them. */
    private static final class Anchors {
        private final Map<String, Integer> seen = new HashMap<>();

        String of(String heading) {
            var anchor = heading.toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .strip()
                    .replace(' ', '-');
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            return before == 0 ? anchor : anchor + "-" + before;
        }
    }
}
