/**
 * Comparing tables at a sync point: both servers compute digests of the same pieces of a table, and only pieces whose
 * digests differ are read row by row.
 *
 * <p>{@link io.londiste.digest.Compare} is the bean of the route {@code compare}, in whose file the steps are listed.
 */
package io.londiste.digest;
