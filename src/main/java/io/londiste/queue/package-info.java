/** The commands on the queues of a database. */
package io.londiste.queue;
