package io.londiste.db;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends connections that wait for a server that cannot be reached any more. Without it, that takes a quarter of an hour or
 * longer: the operating system repeats what was sent until it gives up, and sends no keepalive probes meanwhile.
 *
 * <p>A statement may take hours, so a long wait proves nothing. While one lasts, the server is asked in another connection
 * whether it is there: by the first message of PostgreSQL's protocol, to which it replies before it looks at users or limits. Any
 * reaction counts. One daemon thread does that for all connections of the process.
 */
final class PeerWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PeerWatch.class);

    private static final Duration ROUND = Duration.ofSeconds(1);

    /** How long a server has to react. */
    private static final Duration REACTION = Duration.ofSeconds(10);

    /** The request for encryption: length 8, then its code. */
    private static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 210, 22, 47};

    /** Weak, in case that a connection is lost without being closed. */
    private static final Set<TcpSocket> SOCKETS = Collections.newSetFromMap(new WeakHashMap<>());

    private static Thread watcher;

    private PeerWatch() {}

    static void add(TcpSocket socket) {
        synchronized (SOCKETS) {
            SOCKETS.add(socket);
            if (watcher == null) {
                watcher = new Thread(PeerWatch::watch, "connections");
                watcher.setDaemon(true);
                watcher.start();
            }
        }
    }

    static void remove(TcpSocket socket) {
        synchronized (SOCKETS) {
            SOCKETS.remove(socket);
        }
    }

    private static void watch() {
        var heard = new HashMap<InetSocketAddress, Long>();
        try {
            while (true) {
                Thread.sleep(ROUND.toMillis());
                var waiting = waiting();
                heard.keySet().retainAll(waiting.keySet());
                waiting.forEach((server, sockets) -> check(server, sockets, heard));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The connections that have waited for a third of their patience, by server. */
    private static Map<InetSocketAddress, List<TcpSocket>> waiting() {
        var waiting = new HashMap<InetSocketAddress, List<TcpSocket>>();
        synchronized (SOCKETS) {
            for (var socket : SOCKETS) {
                if (silence(socket, 0).compareTo(socket.patience().dividedBy(3)) > 0) {
                    waiting.computeIfAbsent(
                                    new InetSocketAddress(socket.getInetAddress(), socket.getPort()),
                                    server -> new ArrayList<>())
                            .add(socket);
                }
            }
        }
        return waiting;
    }

    /** How long the socket has waited since it or another one has heard of the server; zero if it does not wait. */
    private static Duration silence(TcpSocket socket, long heard) {
        long now = System.nanoTime();
        long since = socket.waitingSince();
        if (since == 0) {
            return Duration.ZERO;
        }
        long waited = now - since;
        return Duration.ofNanos(heard == 0 ? waited : Math.min(waited, now - heard));
    }

    private static void check(InetSocketAddress server, List<TcpSocket> sockets, Map<InetSocketAddress, Long> heard) {
        long last = heard.getOrDefault(server, 0L);
        boolean due = sockets.stream()
                .anyMatch(socket ->
                        silence(socket, last).compareTo(socket.patience().dividedBy(3)) > 0);
        if (!due) {
            return;
        }
        if (reacts(server, shortest(sockets))) {
            heard.put(server, System.nanoTime() | 1);
            return;
        }
        for (var socket : sockets) {
            if (silence(socket, last).compareTo(socket.patience()) > 0) {
                LOG.debug("{} has not reacted for {}: its connection is given up", server, socket.patience());
                socket.giveUp();
            }
        }
    }

    /** A third of the least patience, but no longer than a server needs. */
    private static Duration shortest(List<TcpSocket> sockets) {
        return sockets.stream()
                .map(socket -> socket.patience().dividedBy(3))
                .reduce(REACTION, (one, other) -> one.compareTo(other) < 0 ? one : other);
    }

    /** Whether the server does anything at all when it is asked. */
    static boolean reacts(InetSocketAddress server, Duration limit) {
        int millis = (int) Math.max(1, limit.toMillis());
        try (var socket = new Socket()) {
            socket.connect(server, millis);
            socket.setSoTimeout(millis);
            try {
                socket.getOutputStream().write(SSL_REQUEST);
                socket.getInputStream().read();
                return true;
            } catch (SocketTimeoutException e) {
                return false;
            } catch (IOException closed) {
                return true;
            }
        } catch (IOException e) {
            return false;
        }
    }
}
