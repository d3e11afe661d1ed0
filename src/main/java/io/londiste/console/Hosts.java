package io.londiste.console;

import io.londiste.error.LondisteException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** The host names that requests may use. Any other name is one that a third party has pointed at this address (DNS rebinding). */
final class Hosts {
    private final Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));

    Hosts(InetSocketAddress address) {
        names.add(address.getHostString().toLowerCase(Locale.ROOT));
        if (resolve(address).isAnyLocalAddress()) {
            addOwn();
        }
    }

    private void addOwn() {
        try {
            var own = InetAddress.getLocalHost();
            names.add(own.getHostName().toLowerCase(Locale.ROOT));
            names.add(own.getCanonicalHostName().toLowerCase(Locale.ROOT));
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .forEach(each -> names.add(literal(each)));
        } catch (UnknownHostException | SocketException e) {
            throw new LondisteException("console: this machine's own addresses are not known: " + e.getMessage(), e);
        }
    }

    /** Whether requests may use this host name. IPv6 addresses are in brackets. */
    boolean has(String name) {
        return names.contains(name.toLowerCase(Locale.ROOT));
    }

    static boolean isLoopback(InetSocketAddress address) {
        return resolve(address).isLoopbackAddress();
    }

    /** The address as host:port. */
    static String written(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    static InetAddress resolve(InetSocketAddress address) {
        try {
            return InetAddress.getByName(address.getHostString());
        } catch (UnknownHostException e) {
            throw new LondisteException("console: no such host: " + address.getHostString(), e);
        }
    }

    private static String literal(InetAddress address) {
        var text = address.getHostAddress().replaceFirst("%.*", "");
        return text.contains(":") ? "[" + text + "]" : text;
    }
}
