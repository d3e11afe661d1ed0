package io.londiste.db;

import io.londiste.db.TcpSocketFactory.Limits;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.UnknownHostException;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/**
 * A TCP connection of the driver that ends when its server is gone without a word: after a loss of power, behind a broken
 * network, or frozen.
 *
 * <p>While nothing is to be sent, the operating system's keepalive probes find that out. They do not run while sent data is
 * not acknowledged; then {@link PeerWatch} does. A host name with several addresses is tried address by address.
 */
final class TcpSocket extends Socket {
    /** The largest number that the operating systems accept. */
    private static final int LARGEST = 32767;

    /** Finds the addresses of a host. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final Limits limits;
    private final Resolver resolver;

    /** Since when a read or a write has been waiting, in {@link System#nanoTime}; 0 if none is. */
    private volatile long reading;

    private volatile long writing;
    private volatile boolean givenUp;

    TcpSocket(Limits limits, Resolver resolver) {
        this.limits = limits;
        this.resolver = resolver;
    }

    @Override
    public void connect(SocketAddress address) throws IOException {
        connect(address, 0);
    }

    /** The time limit is shared among the addresses of the host. */
    @Override
    public void connect(SocketAddress address, int timeout) throws IOException {
        super.connect(answering((InetSocketAddress) address, timeout), timeout);
        option(ExtendedSocketOptions.TCP_KEEPIDLE, limits.idle());
        option(ExtendedSocketOptions.TCP_KEEPINTERVAL, limits.interval());
        option(ExtendedSocketOptions.TCP_KEEPCOUNT, limits.count());
        if (!limits.silence().isZero()) {
            PeerWatch.add(this);
        }
    }

    private void option(SocketOption<Integer> option, int value) throws IOException {
        if (value > 0 && supportedOptions().contains(option)) {
            setOption(option, Math.min(value, LARGEST));
        }
    }

    /**
     * The first of the host's addresses that accepts a connection, if it has several; the last one if none does. A socket
     * cannot be used again after a failure, so each is tried with another one.
     */
    private SocketAddress answering(InetSocketAddress address, int timeout) throws IOException {
        if (address.isUnresolved()) {
            return address; // fails with the proper error
        }
        var all = resolver.addresses(address.getHostString());
        for (int i = 0; i < all.length - 1; i++) {
            var one = new InetSocketAddress(all[i], address.getPort());
            try (var trial = new Socket()) {
                trial.connect(one, timeout == 0 ? 0 : Math.max(1, timeout / all.length));
                return one;
            } catch (IOException e) {
                // the next one may answer
            }
        }
        return new InetSocketAddress(all[all.length - 1], address.getPort());
    }

    /** Since when the server's answer has been awaited, in {@link System#nanoTime}; 0 if it is not. */
    long waitingSince() {
        long read = reading;
        return read != 0 ? read : writing;
    }

    /** For how long the server may be unreachable meanwhile. */
    Duration patience() {
        return limits.silence();
    }

    /** Ends the connection: its reads and writes fail, those that are waiting, too. */
    void giveUp() {
        givenUp = true;
        try {
            close();
        } catch (IOException e) {
            // it is of no use any more anyway
        }
    }

    @Override
    public void close() throws IOException {
        PeerWatch.remove(this);
        super.close();
    }

    private IOException explained(IOException failure) {
        if (!givenUp) {
            return failure;
        }
        var explanation = new SocketException(
                "the server has been unreachable for " + limits.silence().toSeconds() + " s");
        explanation.addSuppressed(failure); // not as the cause, which is what messages show
        return explanation;
    }

    /** The present time, which is not 0. */
    private static long now() {
        return System.nanoTime() | 1;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                reading = now();
                try {
                    return in.read(target, offset, length);
                } catch (SocketException e) {
                    throw explained(e);
                } finally {
                    reading = 0;
                }
            }
        };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                writing = now();
                try {
                    out.write(source, offset, length);
                } catch (SocketException e) {
                    throw explained(e);
                } finally {
                    writing = 0;
                }
            }
        };
    }
}
