/** Adding a table to the replication: a copy as of a tick, the batches since then, and the handover to the replay. */
package io.londiste.copy;
