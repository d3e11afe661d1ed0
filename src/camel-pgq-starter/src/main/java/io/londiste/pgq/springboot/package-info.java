/** The {@code pgq} component in applications of Spring Boot, whose configuration sets its options. */
package io.londiste.pgq.springboot;
