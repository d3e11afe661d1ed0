/** Replication under load, kills, crashes and broken connections, and what holds in spite of them. */
package io.londiste.chaos;
