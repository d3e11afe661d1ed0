/** Scripts: SQL that the provider and its subscribers execute, each once, in order with the changes. */
package io.londiste.script;
