/**
 * PgQ as a Camel component and as a Java client. No other package calls SQL of schema {@code pgq}.
 *
 * <p>It depends on no other package of this program and can be used alone, with our PgQ or with the original extension.
 */
package io.londiste.pgq;
