/** Reads INI files into the settings of jobs and tickers. */
package io.londiste.config;
