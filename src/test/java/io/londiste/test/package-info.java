/** Real PostgreSQL for tests: a pair of servers a JVM, a fresh database a test, and ways to break connections. */
package io.londiste.test;
