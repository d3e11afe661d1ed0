/** The parts of a process: routes with their beans and connections, pause, and the lock that lets one process run a job. */
package io.londiste.app;
