package io.londiste.cli;

import io.londiste.queue.EventSelection;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The arguments {@code QUEUE CONSUMER EVENT...} or {@code QUEUE CONSUMER --all}. */
final class EventNumbers {
    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Parameters(index = "0", paramLabel = "QUEUE", description = "Name of the queue.")
    String queue;

    @Parameters(index = "1", paramLabel = "CONSUMER", description = "Name of the consumer.")
    String consumer;

    @Parameters(
            arity = "0..*",
            index = "2..*",
            paramLabel = "EVENT",
            description = "Number of the event, as shown by failed.")
    List<Long> events;

    @Option(
            names = "--all",
            description = "All events of the consumer that failed shows, also those that wait for a retry.")
    boolean all;

    /** The selected events or all; a usage error if neither or both are given. */
    EventSelection selection() {
        boolean none = events == null;
        if (all != none) {
            throw Root.usageError(command, all ? "--all cannot be combined with numbers" : "no event given");
        }
        return none ? EventSelection.ALL : EventSelection.of(events);
    }
}
