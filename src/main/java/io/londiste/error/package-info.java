/** Errors: exceptions with messages for the operator, root causes, and the recent errors of a process. */
package io.londiste.error;
