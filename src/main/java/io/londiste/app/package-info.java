/** What makes a process: routes with their beans and connections, pause, and the lock that lets one process do a job. */
package io.londiste.app;
