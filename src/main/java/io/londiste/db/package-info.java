/** Connections: connection strings, pools, transactions, single statements, SQLSTATEs and what they mean. */
package io.londiste.db;
