package io.londiste.queue;

import io.londiste.pgq.ConsumerInfo;
import io.londiste.pgq.QueueInfo;
import java.util.List;

/** A queue and those who read it, by name. */
public record QueueStatus(QueueInfo queue, List<ConsumerInfo> consumers) {}
