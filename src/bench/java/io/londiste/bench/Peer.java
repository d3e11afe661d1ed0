package io.londiste.bench;

import java.io.IOException;

/** A replication system that is measured. */
interface Peer extends AutoCloseable {
    /** The systems. */
    enum Kind {
        OURS("camel-londiste"),
        NATIVE("native"),
        LONDISTE3("Londiste 3");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }

        /** Whether everything that it needs is installed on this machine. */
        boolean isInstalled() {
            return this != LONDISTE3 || Londiste3.isInstalled();
        }

        Peer on(Pair pair) throws IOException {
            return switch (this) {
                case OURS -> new Ours(pair);
                case NATIVE -> new Native(pair);
                case LONDISTE3 -> new Londiste3(pair);
            };
        }
    }

    /** Installs the system in the databases, and captures all tables of the provider. */
    void capture() throws IOException;

    /** Starts the process that applies changes; no table is subscribed yet. */
    void start() throws IOException;

    /** Has all tables copied, and waits until they are in sync. */
    void copy() throws IOException;

    /** Stops applying changes at once. */
    void halt() throws IOException;

    /** Resumes applying changes. */
    void resume() throws IOException;

    @Override
    void close() throws IOException;
}
