/** Observes the state of a job or ticker for MBeans, metrics and health. */
package io.londiste.watch;
