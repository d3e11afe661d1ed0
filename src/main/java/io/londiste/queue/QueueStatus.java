package io.londiste.queue;

import io.londiste.pgq.ConsumerInfo;
import io.londiste.pgq.QueueInfo;
import java.util.List;
import java.util.Map;

/**
 * A queue and its consumers, by name.
 *
 * @param copies the consumers that, by their names, keep the events of a table while a job copies it, each with the
 *     consumer of that job's replay; only the job itself may unregister such a consumer
 */
public record QueueStatus(QueueInfo queue, List<ConsumerInfo> consumers, Map<String, String> copies) {}
