/** The settings of jobs and tickers, which are read from INI files. */
package io.londiste.config;
