package io.londiste.queue;

import io.londiste.pgq.ConsumerInfo;
import io.londiste.pgq.QueueInfo;
import java.util.List;
import java.util.Map;

/**
 * A queue and its consumers, by name.
 *
 * @param copies the consumers that seem to hold a table's place while a job copies it, each with the consumer of that
 *     job's replay; such a consumer is not to be unregistered by anything but its job
 */
public record QueueStatus(QueueInfo queue, List<ConsumerInfo> consumers, Map<String, String> copies) {}
