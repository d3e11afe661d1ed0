package io.londiste.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A Unix socket for the driver, with streams and with a read timeout, which the JDK's channels for Unix sockets do not
 * have. Options that only concern TCP are accepted and ignored.
 */
final class UnixSocket extends Socket {
    private final Path file;
    private SocketChannel channel;
    private Waiter input;
    private Waiter output;
    private volatile int timeout;

    UnixSocket(Path file) {
        this.file = file;
    }

    /** Waits until the channel is ready for an operation. */
    private static final class Waiter implements AutoCloseable {
        private final Selector selector;

        Waiter(SocketChannel channel, int operation) throws IOException {
            selector = Selector.open();
            channel.register(selector, operation);
        }

        void await(int milliseconds) throws IOException {
            try {
                if (selector.select(milliseconds) == 0 && milliseconds > 0) {
                    throw new SocketTimeoutException("no data for " + milliseconds + " ms");
                }
                selector.selectedKeys().clear();
            } catch (ClosedSelectorException e) {
                throw new IOException("socket closed", e);
            }
        }

        @Override
        public void close() throws IOException {
            selector.close();
        }
    }

    /** Connects to the file and ignores the address, which the driver needs only for its own use. */
    @Override
    public void connect(SocketAddress address, int connectTimeout) throws IOException {
        var opened = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            opened.connect(UnixDomainSocketAddress.of(file));
            opened.configureBlocking(false);
            input = new Waiter(opened, SelectionKey.OP_READ);
            output = new Waiter(opened, SelectionKey.OP_WRITE);
            channel = opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public void connect(SocketAddress address) throws IOException {
        connect(address, 0);
    }

    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                var buffer = ByteBuffer.wrap(target, offset, length);
                int count = receive(buffer);
                while (count == 0 && length > 0) {
                    input.await(timeout);
                    count = receive(buffer);
                }
                return count;
            }
        };
    }

    private int receive(ByteBuffer buffer) throws IOException {
        try {
            return channel.read(buffer);
        } catch (ClosedChannelException e) {
            throw new IOException("socket closed", e);
        }
    }

    @Override
    public OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                var buffer = ByteBuffer.wrap(source, offset, length);
                while (buffer.hasRemaining()) {
                    if (send(buffer) == 0) {
                        output.await(0);
                    }
                }
            }
        };
    }

    private int send(ByteBuffer buffer) throws IOException {
        try {
            return channel.write(buffer);
        } catch (ClosedChannelException e) {
            throw new IOException("socket closed", e);
        }
    }

    @Override
    public void close() throws IOException {
        super.close();
        if (channel != null) {
            channel.close();
            input.close();
            output.close();
        }
    }

    @Override
    public boolean isConnected() {
        return channel != null;
    }

    @Override
    public boolean isClosed() {
        return channel != null && !channel.isOpen();
    }

    @Override
    public void setSoTimeout(int milliseconds) {
        timeout = milliseconds;
    }

    @Override
    public int getSoTimeout() {
        return timeout;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getSendBufferSize() {
        return 8192;
    }

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public int getReceiveBufferSize() {
        return 8192;
    }
}
