/** Replication under everything that happens to it at once, and what is true of it all the same. */
package io.londiste.chaos;
