package io.londiste.bench;

import java.io.IOException;
import java.util.List;

/** One thing that is measured. */
interface Scenario {
    /**
     * Measures it once, on one system after the other.
     *
     * @param peers those that take part, where the scenario is for them
     */
    void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException;
}
