package io.londiste.cli;

import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Selects saved (pending) or existing (active) foreign keys or triggers. */
final class StatusFilter {
    private static final List<String> ALL = List.of("pending", "active");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private String wanted;

    @Parameters(arity = "0..1", paramLabel = "pending|active", description = "Only those with this status.")
    void want(String status) {
        if (status != null && !ALL.contains(status)) {
            throw Root.usageError(command, "neither pending nor active: " + status);
        }
        wanted = status;
    }

    /** The things with the wanted status; all if none was given. */
    <T> List<T> of(List<T> things, Function<T, String> status) {
        return things.stream()
                .filter(thing -> wanted == null || wanted.equals(status.apply(thing)))
                .toList();
    }
}
