package io.londiste.test;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Stands between a client and a server, and breaks their connections as networks do. */
public final class TcpProxy implements Closeable {
    private static final byte[] END = {};
    private static final int PIECE = 16;

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Object gate = new Object();
    private boolean held;
    private volatile boolean down;
    private volatile byte[] fatal;
    private volatile boolean trickling;
    private volatile long delayNanos;
    private final AtomicInteger roundTrips = new AtomicInteger();

    public TcpProxy(String host, int port) throws IOException {
        target = new InetSocketAddress(host, port);
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run("accept", this::accept);
    }

    /** The port to connect to, on 127.0.0.1. */
    public int port() {
        return listener.getLocalPort();
    }

    /** How many connections are open. */
    public int connections() {
        return links.size();
    }

    /** How often clients have sent something after the server's last answer, over all connections: the round trips. */
    public int roundTrips() {
        return roundTrips.get();
    }

    /** Resets all open connections; new ones are taken. */
    public void cut() {
        links.forEach(Link::reset);
    }

    /** Resets all open connections, and every new one at once, until {@link #up}. */
    public void down() {
        down = true;
        cut();
    }

    /** Ends {@link #down} and {@link #hold}. */
    public void up() {
        down = false;
        synchronized (gate) {
            held = false;
            gate.notifyAll();
        }
    }

    /**
     * From now on, what connections that are opened later transfer arrives this much later in either direction, as over a
     * long distance. The throughput is not limited.
     */
    public void delay(Duration oneWay) {
        delayNanos = oneWay.toNanos();
    }

    /** From now on, what clients send arrives in pieces of a few bytes, with more than a millisecond between them. */
    public void trickle() {
        trickling = true;
    }

    /** Lets nothing pass in either direction, while connections stay open, until {@link #up}. */
    public void hold() {
        synchronized (gate) {
            held = true;
        }
    }

    /**
     * Passes on the next message of a client that contains a text, and resets its connection when the server answers: the
     * statement was executed, and the client does not learn of it.
     */
    public void swallowAnswerTo(String text) {
        fatal = text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        up();
        cut();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                new Link(listener.accept()).open();
            } catch (IOException closedOrRefused) {
                // the client sees it by itself
            }
        }
    }

    private void awaitGate() throws InterruptedException {
        synchronized (gate) {
            while (held) {
                gate.wait();
            }
        }
    }

    private static void run(String name, Runnable task) {
        var thread = new Thread(task, "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private final class Link {
        private final Socket client;
        private final Socket server = new Socket();
        private volatile boolean doomed;
        private volatile boolean answered = true;

        Link(Socket client) {
            this.client = client;
        }

        void open() throws IOException {
            try {
                if (down) {
                    throw new IOException("down");
                }
                server.connect(target, 2000);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
            } catch (IOException e) {
                reset();
                throw e;
            }
            links.add(this);
            run("up", () -> pump(client, server));
            run("down", () -> pump(server, client));
            if (down) {
                reset();
            }
        }

        /** What was read, and when it is to be passed on. */
        private record Chunk(byte[] bytes, long due) {}

        private void pump(Socket from, Socket to) {
            var late = delayNanos == 0 ? null : new LinkedBlockingQueue<Chunk>();
            if (late != null) {
                run("delay", () -> passOn(late, to));
            }
            var buffer = new byte[16384];
            try {
                var in = from.getInputStream();
                var out = to.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    awaitGate();
                    if (from == server) {
                        answered = true;
                    } else if (answered) {
                        answered = false;
                        roundTrips.incrementAndGet();
                    }
                    if (from == client && fatal != null && contains(buffer, n, fatal)) {
                        fatal = null;
                        doomed = true;
                    } else if (from == server && doomed) {
                        break;
                    }
                    if (trickling && from == client) {
                        trickle(out, buffer, n);
                    } else if (late == null) {
                        out.write(buffer, 0, n);
                    } else {
                        late.add(new Chunk(Arrays.copyOf(buffer, n), System.nanoTime() + delayNanos));
                    }
                }
            } catch (IOException | InterruptedException end) {
                // the other side learns of it below
            }
            if (doomed) {
                reset();
            } else if (late == null) {
                close();
            } else {
                late.add(new Chunk(END, System.nanoTime() + delayNanos));
            }
        }

        private static void trickle(OutputStream out, byte[] buffer, int length) throws IOException {
            for (int i = 0; i < length; i += PIECE) {
                out.write(buffer, i, Math.min(PIECE, length - i));
                LockSupport.parkNanos(2_000_000);
            }
        }

        private void passOn(BlockingQueue<Chunk> late, Socket to) {
            try {
                for (var chunk = late.take(); chunk.bytes != END; chunk = late.take()) {
                    for (long wait = chunk.due - System.nanoTime(); wait > 0; wait = chunk.due - System.nanoTime()) {
                        LockSupport.parkNanos(wait);
                    }
                    to.getOutputStream().write(chunk.bytes);
                }
            } catch (IOException | InterruptedException end) {
                // the other side learns of it below
            }
            close();
        }

        void reset() {
            for (var socket : new Socket[] {client, server}) {
                try {
                    socket.setSoLinger(true, 0);
                } catch (IOException alreadyClosed) {
                    // as wanted
                }
            }
            close();
        }

        private void close() {
            links.remove(this);
            for (var socket : new Socket[] {client, server}) {
                try {
                    socket.close();
                } catch (IOException alreadyClosed) {
                    // as wanted
                }
            }
        }
    }

    private static boolean contains(byte[] buffer, int length, byte[] text) {
        var read = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
        return read.contains(new String(text, StandardCharsets.ISO_8859_1));
    }
}
