package io.londiste.provider;

import io.londiste.change.TableName;

/**
 * A table of the provider that is not subscribed.
 *
 * @param registered whether it is registered on the provider
 * @param problem why it cannot be added; null if it can
 * @param avoidable whether it can be added nevertheless, with {@code --force} or if only a part of it or under another name
 * @param missing whether the problem is only that the subscriber has no such table, so that it can be created
 */
public record Candidate(TableName name, boolean registered, String problem, boolean avoidable, boolean missing) {}
