/** Errors: what an operator reads, what lies beneath, and which occurred lately. */
package io.londiste.error;
