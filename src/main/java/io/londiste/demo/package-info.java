/**
 * What {@code londiste demo} needs: PostgreSQL clusters started from Maven artifacts, a shop that is written to all the
 * time, and a comparison of both sides. The tests use the same parts.
 */
package io.londiste.demo;
