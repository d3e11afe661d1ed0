/** Brings the SQL side, schemas {@code pgq} and {@code londiste}, into databases. */
package io.londiste.schema;
