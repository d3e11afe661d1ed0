/** Compare and repair: how far provider and subscriber differ at one and the same moment. */
package io.londiste.compare;
