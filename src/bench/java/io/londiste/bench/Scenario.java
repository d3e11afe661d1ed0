package io.londiste.bench;

import java.io.IOException;
import java.util.List;

/** Something to measure. */
interface Scenario {
    /**
     * Measures once, on one system after the other.
     *
     * @param peers the systems to measure; a scenario that does not concern a system skips it
     */
    void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException;
}
