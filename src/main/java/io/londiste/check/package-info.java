/** Checks whether both databases of a job, or that of a ticker, have what it needs. */
package io.londiste.check;
