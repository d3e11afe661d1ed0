package io.londiste.subscriber;

import io.londiste.error.LondisteException;
import io.londiste.script.RecordedScript;
import io.londiste.script.RecordedScripts;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands on the provider's scripts on the subscriber. */
public final class SubscriberScripts {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriberScripts.class);

    private final DatabasePair sides;

    SubscriberScripts(DatabasePair sides) {
        this.sides = sides;
    }

    /** What was done with the scripts so far, in this order. */
    public List<RecordedScript> list() {
        sides.requireInstalled();
        return RecordedScripts.ofSubscriber(sides.subscriber(), queue());
    }

    /** Records that a script is not to be executed here, because an operator has done what it does. */
    public void skip(String name) {
        sides.requireInstalled();
        if (RecordedScripts.ofProvider(sides.provider(), queue()).stream()
                .noneMatch(script -> script.name().equals(name))) {
            throw new LondisteException(sides.provider() + ": no script " + name + " was executed in queue " + queue()
                    + "; nothing was changed");
        }
        boolean recorded = sides.subscriber()
                .transaction(
                        sides.settings().lockTimeout(),
                        connection -> RecordedScripts.record(connection, queue(), name, "skipped"));
        if (!recorded) {
            throw new LondisteException(sides.subscriber() + ": script " + name
                    + " is recorded already (subscriber scripts); nothing was changed");
        }
        LOG.info("Script {} will not be executed on the subscriber", name);
    }

    private String queue() {
        return sides.settings().queueName();
    }
}
