-- The tick whose snapshot a copy or a comparison uses.

create or replace function londiste.snapshot_tick(queue text, out tick_id bigint, out snapshot_name text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
-- Makes the calling transaction's snapshot a tick of the queue, and exports it: a transaction that imports it sees
-- exactly the provider as of that tick. The transaction must be REPEATABLE READ and must have locked pgq.tick in
-- SHARE ROW EXCLUSIVE MODE before anything else, so that no tick with a later snapshot gets an earlier number.
--   queue   name of the queue
-- Returns the tick's id and the snapshot's name for SET TRANSACTION SNAPSHOT, valid while the transaction is open.
-- Errors: 42704 no such queue; 25001 wrong isolation level; 55000 pgq.tick is not locked, or the ticker is paused.
-- Locks: none beyond the caller's. A role that may lock pgq.tick needs no right on the queue's tick numbers: the function runs with its owner's.
declare
  q record;
begin
  if current_setting('transaction_isolation') <> 'repeatable read' then
    raise exception 'snapshot_tick needs a REPEATABLE READ transaction, this one is %',
      upper(current_setting('transaction_isolation')) using errcode = 'active_sql_transaction';
  end if;
  perform 1 from pg_locks l
    where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted
      and l.relation = 'pgq.tick'::regclass and l.mode in ('ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock');
  if not found then
    raise exception 'snapshot_tick needs LOCK TABLE pgq.tick IN SHARE ROW EXCLUSIVE MODE first'
      using errcode = 'object_not_in_prerequisite_state';
  end if;

  -- The event number is the last tick's: the present one would count events that the snapshot does not see,
  -- and the ticker would delay them.
  select queue_id, queue_tick_seq,
         (select t.tick_event_seq from pgq.tick t where t.tick_queue = queue_id order by t.tick_id desc limit 1) as event_seq
    into q
    from pgq.queue as queues where queues.queue_name = queue;
  if not found then
    raise exception 'queue "%" does not exist in database %', queue, current_database() using errcode = 'undefined_object';
  end if;

  snapshot_name := pg_export_snapshot();
  if has_sequence_privilege(q.queue_tick_seq, 'usage') then
    insert into pgq.tick (tick_queue, tick_id, tick_time, tick_snapshot, tick_event_seq)
      values (q.queue_id, nextval(q.queue_tick_seq::regclass), clock_timestamp(), txid_current_snapshot(), coalesce(q.event_seq, 0))
      returning pgq.tick.tick_id into snapshot_tick.tick_id;
  else
    -- The original PgQ lets only its owner draw tick numbers; but its ticker takes this transaction's snapshot, too.
    perform pgq.force_tick(queue);
    snapshot_tick.tick_id := pgq.ticker(queue);
  end if;
  if snapshot_tick.tick_id is null then
    raise exception 'queue "%" makes no tick: its ticker is paused, or an external one', queue
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if octet_length(queue) < 8000 then
    perform pg_notify('pgq_tick', queue); -- as pgq.ticker() does, so that the replay reaches this tick sooner
  end if;
end
$$;
