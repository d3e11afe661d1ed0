/** Database access: connection strings, pools, timeouts, transactions, single statements, the meaning of SQLSTATEs. */
package io.londiste.db;
