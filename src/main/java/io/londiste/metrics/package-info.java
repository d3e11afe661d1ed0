/** Serves the metrics of a daemon to Prometheus, and its health to process supervisors. */
package io.londiste.metrics;
