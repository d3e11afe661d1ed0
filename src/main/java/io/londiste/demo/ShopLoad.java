package io.londiste.demo;

import io.londiste.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/**
 * Clients that write to the shop until they are stopped.
 *
 * <p>After a deadlock or a constraint violation they continue with another transaction; a lost connection is opened
 * again. Any other error ends the load and is its {@link #failure}.
 */
public final class ShopLoad implements AutoCloseable {
    /** Different session settings, which must not affect what is captured. */
    private static final List<String> SESSIONS = List.of(
            "set timezone = 'Asia/Kathmandu'; set intervalstyle = iso_8601; set extra_float_digits = 0",
            "set timezone = 'America/St_Johns'; set bytea_output = escape; set datestyle = 'ISO, DMY'",
            "set intervalstyle = sql_standard; set extra_float_digits = -5; set search_path = ''",
            "set xmlbinary = hex");

    private static final Set<String> ROLLED_BACK = Set.of("23", "40", "55");
    private static final Set<String> LOST = Set.of("08", "57");

    private final DataSource provider;
    private final List<String> transactions = Shop.transactions();
    private final List<Client> clients = new ArrayList<>();
    private final ScheduledExecutorService threads;
    private final long pause;
    private final AtomicLong committed = new AtomicLong();
    private final AtomicLong rolledBack = new AtomicLong();
    private final AtomicReference<SQLException> failure = new AtomicReference<>();

    /**
     * Creates clients that write once they are started.
     *
     * @param clientCount the number of concurrent clients
     * @param perSecond the number of transactions per second that all clients together try to begin
     * @param seed determines the transactions of each client; the server chooses their rows at random
     */
    public ShopLoad(DataSource provider, int clientCount, int perSecond, long seed) {
        this.provider = provider;
        this.threads = Executors.newScheduledThreadPool(clientCount);
        this.pause = TimeUnit.SECONDS.toNanos(clientCount) / perSecond;
        for (int i = 0; i < clientCount; i++) {
            clients.add(new Client(SESSIONS.get(i % SESSIONS.size()), new Random(seed + i)));
        }
    }

    public void start() {
        for (int i = 0; i < clients.size(); i++) {
            threads.scheduleAtFixedRate(clients.get(i), i * pause / clients.size(), pause, TimeUnit.NANOSECONDS);
        }
    }

    /** The number of committed transactions. */
    public long committed() {
        return committed.get();
    }

    /** The number of transactions that the server rolled back because of a deadlock or a constraint. */
    public long rolledBack() {
        return rolledBack.get();
    }

    /** The error that ended the load; empty if there was none. */
    public Optional<SQLException> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Stops the clients after their current transactions; returns when all have stopped. */
    public void stop() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("clients of the shop are still waiting for the server");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clients.forEach(Client::disconnect);
    }

    @Override
    public void close() {
        stop();
    }

    private final class Client implements Runnable {
        private final String session;
        private final Random random;
        private Connection connection;

        Client(String session, Random random) {
            this.session = session;
            this.random = random;
        }

        @Override
        public void run() {
            if (failure.get() != null) {
                return;
            }
            var transaction = transactions.get(random.nextInt(transactions.size()));
            try {
                execute(transaction);
                committed.incrementAndGet();
            } catch (SQLException e) {
                recover(e);
            }
        }

        private void execute(String transaction) throws SQLException {
            if (connection == null) {
                connection = provider.getConnection();
                connection.setAutoCommit(true);
                Jdbc.execute(connection, session);
                connection.setAutoCommit(false);
            }
            Jdbc.execute(connection, transaction);
            connection.commit();
        }

        private void recover(SQLException e) {
            var kind = e.getSQLState() == null ? "" : e.getSQLState().substring(0, 2);
            if (ROLLED_BACK.contains(kind)) {
                rolledBack.incrementAndGet();
            } else if (!LOST.contains(kind)) {
                failure.compareAndSet(null, e);
            }
            try {
                if (connection != null) {
                    connection.rollback();
                }
            } catch (SQLException lost) {
                disconnect();
            }
        }

        private void disconnect() {
            try {
                if (connection != null) {
                    connection.close();
                }
            } catch (SQLException lost) {
                // the connection is lost already
            }
            connection = null;
        }
    }
}
