package io.londiste.test;

import io.londiste.demo.PgCluster;
import java.io.IOException;

/**
 * A PostgreSQL server that tests make databases on, as a role that may do anything.
 *
 * @param cluster the cluster behind it, where it is ours to stop, kill and freeze; otherwise null
 * @param end what ends the server
 */
record Server(String host, int port, String user, String password, PgCluster cluster, End end)
        implements AutoCloseable {
    interface End {
        void run() throws IOException;
    }

    static Server of(PgCluster cluster) {
        return new Server("127.0.0.1", cluster.port(), PgCluster.USER, cluster.password(), cluster, cluster::close);
    }

    @Override
    public void close() throws IOException {
        end.run();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port;
    }
}
