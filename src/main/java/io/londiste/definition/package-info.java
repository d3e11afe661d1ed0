/** Definitions of the provider's tables, and how they are created on the subscriber. */
package io.londiste.definition;
