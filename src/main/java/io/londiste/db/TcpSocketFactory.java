package io.londiste.db;

import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import javax.net.SocketFactory;

/** Creates the driver's TCP connections, see {@link TcpSocket}. The driver creates it by its class name. */
public final class TcpSocketFactory extends SocketFactory {
    private final Limits limits;

    /**
     * When a silent connection ends. Zero means as the operating system does, for {@code silence}: never.
     *
     * @param idle seconds without traffic until keepalive probes begin
     * @param interval seconds between two probes
     * @param count unanswered probes that end a connection
     * @param silence how long the server may be unreachable while its answer is awaited
     */
    record Limits(int idle, int interval, int count, Duration silence) {
        /** The limits that libpq's parameters ask for. */
        static Limits of(Map<String, String> parameters) {
            if ("0".equals(parameters.get("keepalives"))) {
                return new Limits(0, 0, 0, Duration.ZERO);
            }
            long silence = number(parameters, "tcp_user_timeout", 0);
            return new Limits(
                    number(parameters, "keepalives_idle", (int) Timeouts.KEEPALIVE_IDLE.toSeconds()),
                    number(parameters, "keepalives_interval", (int) Timeouts.KEEPALIVE_INTERVAL.toSeconds()),
                    number(parameters, "keepalives_count", Timeouts.KEEPALIVE_COUNT),
                    silence == 0 ? Timeouts.SILENCE : Duration.ofMillis(silence));
        }

        private static int number(Map<String, String> parameters, String name, int otherwise) {
            return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(parameters.getOrDefault(name, "" + otherwise)));
        }

        /** The argument from which {@link TcpSocketFactory#TcpSocketFactory(String)} makes the same limits. */
        String argument() {
            return idle + "," + interval + "," + count + "," + silence.toMillis();
        }
    }

    /** @param limits the {@link Limits#argument} of the connections' limits */
    public TcpSocketFactory(String limits) {
        var numbers = limits.split(",");
        this.limits = new Limits(
                Integer.parseInt(numbers[0]),
                Integer.parseInt(numbers[1]),
                Integer.parseInt(numbers[2]),
                Duration.ofMillis(Long.parseLong(numbers[3])));
    }

    @Override
    public Socket createSocket() {
        return new TcpSocket(limits, InetAddress::getAllByName);
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("the driver connects after creation");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        return createSocket(host.getHostName(), port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        return createSocket(address, port);
    }
}
