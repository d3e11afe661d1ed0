/** Real PostgreSQL for tests: a pair of servers for each JVM, a fresh database for each test, and proxies that break connections. */
package io.londiste.test;
