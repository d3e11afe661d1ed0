/** The commands on the queues of a database, for CLI and MBeans. */
package io.londiste.queue;
