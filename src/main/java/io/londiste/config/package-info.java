/** What a job's INI file and its connection strings say, and the connections made from them. */
package io.londiste.config;
