package io.londiste.cli;

import io.londiste.app.Application;
import io.londiste.app.BuiltInRoutes;
import io.londiste.app.LoadedRoute;
import io.londiste.app.RouteFiles;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.daemon.Logs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini routes …}, and {@code pgqadm}'s. Nothing is connected to, and no route is started. */
@Command(
        name = "routes",
        description = {
            "Show the routes of the daemon: each with the endpoint that it reads and the file that it comes from.",
            "Files of the directory that --routes or the key routes names replace built-in ones or are added to them."
        },
        footer = {
            "  ${ROOT-COMMAND-NAME} config.ini routes",
            "  ${ROOT-COMMAND-NAME} config.ini routes check own-routes"
        })
final class RoutesCommand implements Runnable {
    /** Without an INI file: all routes that any INI file would use. */
    private static final Map<Section, Map<String, String>> ANY = Map.of(
            Section.LONDISTE,
            Map.of(
                    "provider_db", "host=127.0.0.1 dbname=none",
                    "subscriber_db", "host=127.0.0.1 dbname=none",
                    "pgq_queue_name", "none",
                    "embedded_ticker", "1",
                    "compare_every", "86400"),
            Section.PGQADM,
            Map.of("db", "host=127.0.0.1 dbname=none"));

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption format = new JsonOption();

    @Override
    public void run() {
        var routes = load(settings());
        var out = Root.of(spec).out;
        if (format.json) {
            Listing.json(out, routes);
            return;
        }
        int id = width(routes.stream().map(LoadedRoute::id).toList());
        int from = width(routes.stream().map(LoadedRoute::from).toList());
        var line = "%-" + id + "s  %-" + from + "s  %s%n";
        out.printf(line, "Route", "Reads", "File");
        routes.forEach(route -> out.printf(line, route.id(), route.from(), route.file()));
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    @Command(
            name = "check",
            description = {
                "Check the route files of a directory, as a reload does, before a daemon uses them.",
                "The routes are created with their steps, beans and endpoints. A mistake is shown with its file, line and"
                        + " reason. With an INI file the routes are those of its daemon, otherwise all of them."
            },
            footer = "  ${ROOT-COMMAND-NAME} routes check own-routes")
    void check(@Parameters(paramLabel = "DIR", description = "Directory with route files.") Path directory) {
        var routes = load(settings().withRoutesDir(directory));
        long own = routes.stream().filter(route -> !route.builtIn()).count();
        Root.of(spec)
                .out
                .println(directory + ": no mistakes found; " + own + " of " + routes.size()
                        + " routes come from this directory");
    }

    @Command(
            name = "export",
            description = {
                "Write built-in route files into a directory, to be changed there.",
                "Export only those that you want to change: the others are then updated with the program."
            },
            footer = {
                "  ${ROOT-COMMAND-NAME} routes export own-routes replay copy",
                "  ${ROOT-COMMAND-NAME} routes export own-routes --xml"
            })
    void export(
            @Option(names = "--xml", description = "Write XML, without the comments, instead of YAML.") boolean xml,
            @Parameters(paramLabel = "DIR", index = "0", description = "Directory; it is created if necessary.")
                    Path directory,
            @Parameters(
                            paramLabel = "NAME",
                            index = "1..*",
                            arity = "0..*",
                            description = "Names of route files, without suffix; all if omitted.")
                    List<String> names) {
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        var all = BuiltInRoutes.of(root.program.section());
        var wanted = names == null ? all : names;
        for (var name : wanted) {
            if (!all.contains(name)) {
                throw Root.usageError(
                        spec.subcommands().get("export").getCommandSpec(),
                        "no such built-in route file: " + name + "; there are " + String.join(", ", all));
            }
        }
        RouteFiles.export(directory, wanted, xml).forEach(root.out::println);
    }

    private Settings settings() {
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        if (root.config != null) {
            return root.settings();
        }
        Logs.forCommand(root.detail(), root.err);
        var settings = Settings.of(root.program.section(), ANY.get(root.program.section()));
        return root.daemon.routes == null ? settings : settings.withRoutesDir(root.daemon.routes);
    }

    private List<LoadedRoute> load(Settings settings) {
        try (var trial =
                settings.section() == Section.LONDISTE ? Application.replay(settings) : Application.ticker(settings)) {
            return trial.check();
        }
    }
}
