package io.londiste.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * How other processes reach a daemon's MBeans.
 *
 * @param address where to listen, not resolved; null if JMX is off
 * @param passwordFile null if it is not set
 * @param accessFile null if it is not set
 */
public record Jmx(InetSocketAddress address, Path passwordFile, Path accessFile, boolean tls) {
    public boolean isOn() {
        return address != null;
    }
}
