package io.londiste.cli;

import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import io.londiste.subscriber.Subscriber;
import java.util.function.Consumer;

/**
 * Registers a replay's consumer, unless other settings than those that it began with name another one: the old one would
 * stay on its queue, which could not be emptied any more.
 */
final class SameJob implements Consumer<Settings> {
    private Settings registered;

    @Override
    public void accept(Settings settings) {
        if (registered != null && !name(settings).equals(name(registered))) {
            throw new LondisteException(name(settings) + " is another job than " + name(registered)
                    + "; stop this one first and, unless it is to go on later, unregister it (subscriber unregister)");
        }
        Subscriber.connected(settings, Subscriber::register);
        registered = settings;
    }

    private static String name(Settings settings) {
        return "consumer " + settings.consumerId() + " of queue " + settings.queueName();
    }
}
