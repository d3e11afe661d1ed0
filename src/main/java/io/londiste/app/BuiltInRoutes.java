package io.londiste.app;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which of the built-in route files a process uses; their names are without suffix. */
public final class BuiltInRoutes {
    static final List<String> OF_TICKER = List.of("errors", "ticker", "maintenance");
    private static final String SCHEDULED_COMPARE = "scheduled-compare";

    private BuiltInRoutes() {}

    static List<String> ofReplay(Settings settings) {
        List<String> routes = new ArrayList<>(ReplayBeans.ROUTES);
        routes.addAll(ComparisonBeans.ROUTES);
        if (!settings.compareEvery().isZero()) {
            routes.add(SCHEDULED_COMPARE);
        }
        if (settings.embeddedTicker()) {
            routes.addAll(OF_TICKER);
        }
        return routes;
    }

    /** All that the processes of a program may use, with any settings; those of {@code londiste} include a ticker's. */
    public static List<String> of(Section section) {
        return section == Section.PGQADM
                ? OF_TICKER
                : Stream.of(ReplayBeans.ROUTES, ComparisonBeans.ROUTES, List.of(SCHEDULED_COMPARE), OF_TICKER)
                        .flatMap(List::stream)
                        .distinct()
                        .sorted()
                        .toList();
    }
}
