/** What the routes of integrators are told, by messages that wait for nobody: commits, states of tables, lag, comparisons. */
package io.londiste.hook;
