/** The commands for sequences, of both sides; their values flow in {@code routes/sequences.camel.yaml}. */
package io.londiste.sequence;
