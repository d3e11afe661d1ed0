package io.londiste.daemon;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd that the daemon is ready, if its unit asks for it ({@code Type=notify}, {@code NotifyAccess=all}). Java has no
 * datagrams over Unix sockets, so systemd's own program sends the message, once in the life of a daemon.
 */
final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
    private static final String PROGRAM = "systemd-notify";

    private ServiceManager() {}

    /** Reports that the daemon works, or waits for its turn or its databases. */
    static void ready() {
        if (System.getenv("NOTIFY_SOCKET") == null) {
            return;
        }
        try {
            int code = new ProcessBuilder(PROGRAM, "--ready")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (code != 0) {
                LOG.warn("systemd was not told that this process is ready: {} has ended with {}", PROGRAM, code);
            }
        } catch (IOException e) {
            LOG.warn("systemd was not told that this process is ready: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
