package io.londiste.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * How a daemon's MBeans are reached from other processes.
 *
 * @param address where to listen, not resolved; null: nowhere
 * @param passwordFile null if it is not set
 * @param accessFile null if it is not set
 */
public record Jmx(InetSocketAddress address, Path passwordFile, Path accessFile, boolean tls) {
    public boolean isOn() {
        return address != null;
    }
}
