/**
 * Repairing tables: the statements that make a table equal to the provider's, their files, and running them while the
 * replay waits.
 *
 * <p>{@link io.londiste.repair.Repair} is the bean of the route {@code repair}, in whose file the steps are listed.
 */
package io.londiste.repair;
