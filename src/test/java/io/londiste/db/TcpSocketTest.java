package io.londiste.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.db.TcpSocketFactory.Limits;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

class TcpSocketTest {
    private static final Limits DEFAULT = Limits.of(Map.of());

    @Test
    void aHostIsTriedAddressByAddress() throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
                var socket = new TcpSocket(DEFAULT, host -> {
                    assertThat(host).isEqualTo("localhost");
                    return new InetAddress[] {InetAddress.getByName("127.0.0.77"), server.getInetAddress()};
                })) {
            socket.connect(new InetSocketAddress("localhost", server.getLocalPort()), 10_000);

            assertThat(socket.getInetAddress().getHostAddress()).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void theLastAddressGivesTheError() throws Exception {
        int port;
        try (var server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            port = server.getLocalPort();
        }
        try (var socket = new TcpSocket(DEFAULT, host ->
                new InetAddress[] {InetAddress.getByName("127.0.0.77"), InetAddress.getLoopbackAddress()})) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress("localhost", port), 10_000))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void keepaliveFollowsTheConnectionString() throws Exception {
        var limits = Limits.of(Map.of("keepalives_idle", "70", "keepalives_interval", "7", "keepalives_count", "2"));
        try (var server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
                var socket = new TcpSocketFactory(limits.argument()).createSocket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", server.getLocalPort()));

            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(70);
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)).isEqualTo(7);
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT)).isEqualTo(2);
        }
    }

    @Test
    void keepalivesOffSwitchesTheRestOff() {
        assertThat(Limits.of(Map.of("keepalives", "0", "tcp_user_timeout", "5")))
                .isEqualTo(new Limits(0, 0, 0, Duration.ZERO));
        assertThat(Limits.of(Map.of("tcp_user_timeout", "2500")).silence()).isEqualTo(Duration.ofMillis(2500));
        assertThat(Limits.of(Map.of("tcp_user_timeout", "0")).silence()).isEqualTo(Timeouts.SILENCE);
    }
}
