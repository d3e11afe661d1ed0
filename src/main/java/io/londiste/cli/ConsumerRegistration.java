package io.londiste.cli;

import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import io.londiste.subscriber.Subscriber;
import java.util.function.Consumer;

/**
 * Registers the consumer of a replay. Refuses settings that name another consumer than those before: the old one would
 * stay registered, and its queue could no longer be rotated.
 */
final class ConsumerRegistration implements Consumer<Settings> {
    private Settings registered;

    @Override
    public void accept(Settings settings) {
        if (registered != null && !name(settings).equals(name(registered))) {
            throw new LondisteException(
                    name(settings) + " is another job than " + name(registered)
                            + "; stop this one first and, unless it is to be resumed later, unregister it (subscriber unregister)");
        }
        Subscriber.connected(settings, Subscriber::register);
        registered = settings;
    }

    private static String name(Settings settings) {
        return "consumer " + settings.consumerId() + " of queue " + settings.queueName();
    }
}
