/**
 * The parts of {@code londiste demo}: PostgreSQL clusters started from Maven artifacts, the database of a shop under
 * constant load, and a comparison of both sides. The tests use them as well.
 */
package io.londiste.demo;
