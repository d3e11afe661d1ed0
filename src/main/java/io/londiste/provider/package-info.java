/** The commands on the provider's side. */
package io.londiste.provider;
