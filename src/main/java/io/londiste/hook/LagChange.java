package io.londiste.hook;

import java.time.Duration;

/**
 * The lag of the replay has come over its limit, or is below it again.
 *
 * @param over whether it is over the limit now
 */
public record LagChange(boolean over, Duration lag, Duration limit) {}
