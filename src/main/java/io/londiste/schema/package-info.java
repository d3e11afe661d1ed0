/** Installs, upgrades and checks the schemas {@code pgq} and {@code londiste} in databases. */
package io.londiste.schema;
