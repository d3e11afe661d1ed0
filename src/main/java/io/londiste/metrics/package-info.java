/** What Prometheus and whoever asks after a daemon's health are told, from what its MBeans show. */
package io.londiste.metrics;
