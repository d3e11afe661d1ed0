package io.londiste.cli;

import io.londiste.LondisteException;
import io.londiste.config.Settings;
import io.londiste.console.Console;
import io.londiste.jmx.MBeans;
import io.londiste.jmx.Operated;
import io.londiste.jmx.RemoteAccess;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where operators get at a daemon beside the command line: its MBeans, the way to them from outside, its console. */
final class OperatorsDesk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorsDesk.class);

    /** A process that does its work once is nobody's to operate, and may run beside a daemon of the same file. */
    static final OperatorsDesk NONE = new OperatorsDesk(null);

    private final Operated daemon;
    private Settings settings;
    private MBeans mbeans;
    private RemoteAccess remote;
    private Console console;

    private OperatorsDesk(Operated daemon) {
        this.daemon = daemon;
    }

    /**
     * Opens what the settings want.
     *
     * @param terminal is told what is said only once; null if nobody would see it
     * @throws LondisteException if something of it cannot be opened; the message names the key
     */
    static OperatorsDesk open(Settings settings, Operated daemon, Consumer<String> terminal) {
        var desk = new OperatorsDesk(daemon);
        try {
            desk.settings = settings;
            desk.mbeans = MBeans.register(settings, daemon);
            desk.remote = RemoteAccess.open(settings);
            desk.console = Console.start(settings, terminal);
            return desk;
        } catch (RuntimeException e) {
            desk.close();
            throw e;
        }
    }

    /** Goes on with other settings. What cannot be opened by them stays as it was, as far as that is possible. */
    void moveTo(Settings fresh, Consumer<String> terminal) {
        if (daemon == null) {
            return;
        }
        mbeans.close();
        mbeans = MBeans.register(fresh, daemon);
        remote = remoteAccess(fresh);
        console = console.as(fresh, terminal);
        settings = fresh;
    }

    private RemoteAccess remoteAccess(Settings fresh) {
        if (fresh.jmx().equals(settings.jmx())) {
            return remote;
        }
        if (remote != null) {
            remote.close();
        }
        try {
            return RemoteAccess.open(fresh);
        } catch (LondisteException e) {
            LOG.error("{}; JMX clients come in as before", e.getMessage());
            return RemoteAccess.open(settings);
        }
    }

    @Override
    public void close() {
        if (console != null) {
            console.close();
        }
        if (remote != null) {
            remote.close();
        }
        if (mbeans != null) {
            mbeans.close();
        }
    }
}
