/** Changes of tables as integrators get them in their routes: one object for all forms of events, with Camel's type converters. */
package io.londiste.change;
