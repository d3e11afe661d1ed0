/** The beans of the ticker's route. */
package io.londiste.ticker;
