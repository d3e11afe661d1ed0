/** The commands on the provider. */
package io.londiste.provider;
