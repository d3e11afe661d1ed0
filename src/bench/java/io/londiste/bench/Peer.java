package io.londiste.bench;

import java.io.IOException;

/** A system that replicates, and is measured. */
interface Peer extends AutoCloseable {
    /** What is set up for one run. */
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

        /** Whether all that it needs is installed on this machine. */
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

    /** Installs what it needs, and captures all tables of the provider. */
    void capture() throws IOException;

    /** Starts what applies changes; there are no tables yet. */
    void start() throws IOException;

    /** Has all tables copied; returns when they are in sync. */
    void copy() throws IOException;

    /** Has it apply nothing, at once. */
    void halt() throws IOException;

    /** Lets it go on. */
    void resume() throws IOException;

    @Override
    void close() throws IOException;
}
