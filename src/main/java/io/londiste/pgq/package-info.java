/**
 * PgQ as a Camel component, and the one place that calls SQL of schema {@code pgq}.
 *
 * <p>Knows nothing of Londiste: it can be used alone, on our PgQ or on the original extension.
 */
package io.londiste.pgq;
