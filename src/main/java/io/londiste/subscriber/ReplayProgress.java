package io.londiste.subscriber;

import io.londiste.db.Database;

/**
 * How far the replay of a job has come, and what waits to be restored in its subscriber.
 *
 * @param tick up to which all is applied; null before the first batch
 * @param error why the replay does not get on; null if it does, as far as the subscriber knows
 * @param pendingForeignKeys foreign keys that are put aside, from and to tables of the job
 * @param pendingTriggers triggers that are put aside, of tables of the job
 */
public record ReplayProgress(Long tick, String error, long pendingForeignKeys, long pendingTriggers) {
    /** What is put aside counts if it is of a subscribed table of the queue, or below one; where nothing is, it costs nothing. */
    private static final String PROGRESS = """
            with recursive aside (name) as (
              select from_table from londiste.subscriber_pending_fkeys
               union
              select to_table from londiste.subscriber_pending_fkeys
               union
              select table_name from londiste.subscriber_pending_triggers),
            above (name, member) as (
              select name, londiste.find_table(name) from aside
               union
              select a.name, i.inhparent from above a join pg_inherits i on i.inhrelid = a.member),
            roots (name, root) as materialized (
              select name, name from aside
               union
              select name, londiste.fqname(member) from above),
            ours (name) as (
              select r.name from roots r join londiste.subscriber_table s on s.queue_name = ? and s.table_name = r.root)
            select c.last_tick_id, c.error,
              (select count(*) from londiste.subscriber_pending_fkeys
                where from_table in (select name from ours) or to_table in (select name from ours)),
              (select count(*) from londiste.subscriber_pending_triggers where table_name in (select name from ours))
              from (values (?)) as v (consumer_id) left join londiste.completed c using (consumer_id)
            """;

    static ReplayProgress of(Database subscriber, String queue, String consumer) {
        return subscriber
                .rows(
                        PROGRESS,
                        row -> new ReplayProgress(
                                row.getObject(1, Long.class), row.getString(2), row.getLong(3), row.getLong(4)),
                        queue,
                        consumer)
                .get(0);
    }
}
