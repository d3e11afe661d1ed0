package io.londiste.jmx;

import io.londiste.Application;
import io.londiste.Errors;
import io.londiste.config.Settings;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javax.management.openmbean.CompositeData;

/** What the MBeans of a job have in common. */
record Desk(Settings settings, Operated daemon, Databases databases, Watch watch) {
    String job() {
        return settings.jobName();
    }

    /** What is known of the databases now. */
    Picture picture() {
        return watch.now();
    }

    /** Runs a command; what it did is seen by all MBeans afterwards. Returns what it has told. */
    <T> String[] run(T commands, Consumer<T> command) {
        try {
            return Said.by(() -> command.accept(commands));
        } finally {
            watch.renew();
        }
    }

    String state() {
        return daemon.condition().state().name().toLowerCase(Locale.ROOT);
    }

    /** What the daemon waits for, or else what is wrong with a database, or with the replay. */
    String error() {
        return error(picture());
    }

    /** The same, as of a picture. */
    String error(Picture picture) {
        var waiting = daemon.condition().error();
        return waiting.isEmpty() ? picture.error() : waiting;
    }

    CompositeData[] recentErrors() {
        return Composites.of(
                daemon.application().map(Application::errors).map(Errors::list).orElse(List.of()));
    }
}
