package io.londiste.cli;

import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which of the things that a copy puts aside are listed. */
final class StatusFilter {
    private static final List<String> ALL = List.of("pending", "active");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private String wanted;

    @Parameters(arity = "0..1", paramLabel = "pending|active", description = "Only these.")
    void want(String status) {
        if (status != null && !ALL.contains(status)) {
            throw Root.wrong(command, "neither pending nor active: " + status);
        }
        wanted = status;
    }

    /** Those of the wanted status. */
    <T> List<T> of(List<T> things, Function<T, String> status) {
        return things.stream()
                .filter(thing -> wanted == null || wanted.equals(status.apply(thing)))
                .toList();
    }
}
