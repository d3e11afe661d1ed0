/** The commands on the subscriber. */
package io.londiste.subscriber;
