package io.londiste.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    @TempDir
    Path directory;

    private ServerSocketChannel server;
    private UnixSocket socket;
    private SocketChannel peer;

    @BeforeEach
    void connect() throws IOException {
        var file = directory.resolve("s");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file));
        socket = (UnixSocket) new UnixSocketFactory(file.toString()).createSocket();
        socket.connect(InetSocketAddress.createUnresolved("localhost", 5432), 1000);
        peer = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        peer.close();
        server.close();
    }

    @Test
    void bytesGoBothWaysHoweverMany() throws Exception {
        var bytes = new byte[3_000_000];
        new java.util.Random(1).nextBytes(bytes);
        var echo = CompletableFuture.supplyAsync(() -> {
            try {
                var received = Channels.newInputStream(peer).readNBytes(bytes.length);
                Channels.newOutputStream(peer).write(received);
                peer.shutdownOutput();
                return received;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });

        socket.getOutputStream().write(bytes);

        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes);
        assertThat(echo.join()).isEqualTo(bytes);
    }

    @Test
    void readingEndsAtItsTimeout() throws Exception {
        socket.setSoTimeout(20);

        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

        peer.write(java.nio.ByteBuffer.wrap(new byte[] {(byte) 200}));
        assertThat(socket.getInputStream().read()).isEqualTo(200);
    }

    @Test
    void closingEndsAReadThatWaits() throws Exception {
        var reading = CompletableFuture.runAsync(
                () -> assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(IOException.class));

        socket.close();

        reading.join();
        assertThat(socket.isClosed()).isTrue();
    }

    @Test
    void thereMayBeNoServer() {
        assertThatThrownBy(
                        () -> new UnixSocket(directory.resolve("none")).connect(new InetSocketAddress("localhost", 1)))
                .isInstanceOf(IOException.class);
    }
}
