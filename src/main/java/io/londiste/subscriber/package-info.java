/** The commands on the subscriber's side. */
package io.londiste.subscriber;
