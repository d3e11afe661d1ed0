/** The replicated tables: their names, states and shapes, and the positions of each job's consumers. */
package io.londiste.table;
