package io.londiste.script;

import java.time.Instant;

/**
 * A script as one side has recorded it.
 *
 * @param outcome {@code executed}; on a subscriber also {@code skipped} or {@code not needed}
 * @param recorded when that was
 */
public record RecordedScript(String name, String outcome, Instant recorded) {}
