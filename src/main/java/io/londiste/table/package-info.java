/** The replicated tables: their names, states and shapes, and how far each job has come with them. */
package io.londiste.table;
