package io.londiste.subscriber;

import io.londiste.db.Database;
import io.londiste.table.SubscribedTables;

/**
 * The position of a job's replay, and what is to be restored on its subscriber.
 *
 * @param tick the last applied tick; null before the first batch
 * @param error why the replay is stopped, as it has recorded on the subscriber; null if it is not
 * @param observed what its daemon has recorded there that it observes and shows elsewhere as well; null: nothing
 * @param pendingForeignKeys number of saved and dropped foreign keys from and to tables of the job
 * @param pendingTriggers number of saved and dropped triggers of tables of the job
 */
public record ReplayProgress(Long tick, String error, String observed, long pendingForeignKeys, long pendingTriggers) {
    /**
     * Counts what is saved of subscribed tables of the queue and their partitions. It starts from what is saved, so that
     * it is cheap if nothing is.
     */
    private static final String PROGRESS = """
            with recursive saved (name) as (
              select from_table from londiste.subscriber_pending_fkeys
               union
              select to_table from londiste.subscriber_pending_fkeys
               union
              select table_name from londiste.subscriber_pending_triggers),
            above (name, member) as (
              select name, londiste.find_table(name) from saved
               union
              select a.name, i.inhparent from above a join pg_inherits i on i.inhrelid = a.member),
            roots (name, root) as materialized (
              select name, name from saved
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
                        row -> read(row.getObject(1, Long.class), row.getString(2), row.getLong(3), row.getLong(4)),
                        queue,
                        consumer)
                .get(0);
    }

    private static ReplayProgress read(Long tick, String error, long foreignKeys, long triggers) {
        return error != null && error.startsWith(SubscribedTables.OBSERVED)
                ? new ReplayProgress(
                        tick, null, error.substring(SubscribedTables.OBSERVED.length()), foreignKeys, triggers)
                : new ReplayProgress(tick, error, null, foreignKeys, triggers);
    }
}
