-- Ticks: the snapshots that cut a queue's stream into batches.

create or replace function pgq._txid(i_xid xid, i_near bigint) returns bigint
language sql immutable
as $$
-- The whole number of a transaction, of which a row's xmin has the lower 32 bits: the one that is closest to i_near.
select i_near + (((i_xid::text::bigint - i_near + 2147483648) & 4294967295) - 2147483648);
$$;

create or replace function pgq._due_queues(i_queue_id integer)
returns table (queue_id integer, queue_name text, tick_seq regclass, event_seq regclass)
language sql stable  -- and no SET, so that it becomes part of its caller's query, whose plan is kept
as $$
-- The queues that need a tick now (with i_queue_id: that one, if it needs one). A queue needs a tick if
--   * the event sequence has moved by ticker_max_count since the last tick, or has moved at all and ticker_max_lag is over;
--   * ticker_idle_period is over since the last tick;
--   * the last tick lies in the future, because the clock was set back: how long it is ago is unknown;
--   * ticker_max_lag is over and a transaction that may have written events, but was still running at the last tick, has ended
--     since. Its numbers were drawn before, so the sequence does not show it. It must have begun before the sequence reached
--     its value, hence before the last tick but one if the sequence had stopped by then. A snapshot lists running transactions
--     only up to the last one that had ended; those between that and the tick's own transaction may have run as well.
select q.queue_id, q.queue_name, q.queue_tick_seq::regclass, q.queue_event_seq::regclass
from pgq.queue q
left join lateral (
    select tick_time, tick_snapshot, tick_event_seq,
           txid, lead(txid) over w as prev_txid,
           lead(tick_event_seq) over w is distinct from tick_event_seq as moved
    from (select *, pgq._txid(xmin, txid_snapshot_xmax(tick_snapshot)) as txid
          from pgq.tick where tick_queue = q.queue_id order by tick_id desc limit 2) two
    window w as (order by tick_id desc)
    limit 1) t on true
cross join lateral (
    select coalesce(pg_sequence_last_value(q.queue_event_seq::regclass), 0) - t.tick_event_seq as new_events,
           clock_timestamp() - t.tick_time as lag) now
where not q.queue_external_ticker
  and not q.queue_ticker_paused
  and (i_queue_id is null or q.queue_id = i_queue_id)
  and (t.tick_time is null
       or new_events >= q.queue_ticker_max_count and new_events > 0
       or new_events > 0 and lag >= q.queue_ticker_max_lag
       or lag >= q.queue_ticker_idle_period
       or lag < interval '0'
       or lag >= q.queue_ticker_max_lag and exists (
            select from txid_snapshot_xip(t.tick_snapshot) x
            where txid_visible_in_snapshot(x, txid_current_snapshot()) and (t.moved or x < t.prev_txid))
       or lag >= q.queue_ticker_max_lag and t.moved and exists (
            select from generate_series(txid_snapshot_xmax(t.tick_snapshot), t.txid - 1) x
            where txid_visible_in_snapshot(x, txid_current_snapshot())));
$$;

create or replace function pgq._insert_tick(i_queue_id integer, i_queue_name text, i_tick_id bigint,
    i_time timestamptz, i_event_seq bigint) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- Adds a tick with the snapshot of this very statement, ends the sleep of the queue (see sleep_queues), and notifies channel pgq_tick: the payload is
-- the queue's name. Call _lock_ticks before.
-- With synchronous_commit = off, the rest of the transaction has it on: consumers may commit what lies before the tick, so
-- the tick, and with it everything before it, must survive a crash of this server before they can see it.
-- If another transaction has the queue's row locked, the sleep does not end, and the next tick may end it: no tick waits for it.
-- Returns the tick's id.
begin
    if current_setting('synchronous_commit') = 'off' then
        perform set_config('synchronous_commit', 'on', true);
    end if;
    insert into pgq.tick (tick_queue, tick_id, tick_time, tick_snapshot, tick_event_seq)
    values (i_queue_id, i_tick_id, i_time, txid_current_snapshot(), i_event_seq);
    update pgq.queue set queue_asleep = false
    where queue_id in (select queue_id from pgq.queue
                       where queue_id = i_queue_id and queue_asleep for no key update skip locked);
    if octet_length(i_queue_name) < 8000 then
        perform pg_notify('pgq_tick', i_queue_name);
    end if;
    return i_tick_id;
end
$$;

create or replace function pgq._note_clock(i_queue_id integer, i_queue_name text, i_time timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- If the last tick of a queue lies after a time, which is now, the clock was set back: warns, and moves the times of the queue's
-- retries by as much, so that they do not wait longer than they were to.
-- Locks: in that case, the queue's retries.
declare
    v_back interval;
begin
    select tick_time - i_time into v_back from pgq.tick where tick_queue = i_queue_id order by tick_id desc limit 1;
    if v_back > interval '0' then
        raise warning 'queue "%": the clock of the server has been set back by at least %', i_queue_name, v_back;
        update pgq.retry_queue set ev_retry_after = ev_retry_after - v_back where ev_queue = i_queue_id;
    end if;
end
$$;

create or replace function pgq._tick_if_due(i_queue_id integer) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- Ticks a queue if it needs a tick, which is checked after acquiring the right to tick.
-- Returns the tick's id or null.
-- Errors: 55000 the queue belongs to another cluster.
declare
    d       record;
    v_seq   bigint;
    v_time  timestamptz;
begin
    perform pgq._lock_ticks(i_queue_id);
    perform pgq._require_cluster(i_queue_id);
    select * into d from pgq._due_queues(i_queue_id);
    if not found then
        return null;
    end if;
    -- The sequence is read before the snapshot is taken: an event written in between makes the ticker add one more tick
    -- than needed. In the opposite order such an event would wait unnoticed for the next tick.
    v_seq := coalesce(pg_sequence_last_value(d.event_seq), 0);
    v_time := clock_timestamp();
    perform pgq._note_clock(i_queue_id, d.queue_name, v_time);
    return pgq._insert_tick(i_queue_id, d.queue_name, nextval(d.tick_seq), v_time, v_seq);
end
$$;

create or replace function pgq.ticker(i_queue_name text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Ticks a queue if it needs a tick.
-- Returns the new tick's id, or null if none was needed.
-- Errors: 42704 no such queue; 55000 it has an external ticker, its ticker is paused, or it belongs to another cluster;
-- 25000 see _lock_ticks.
-- Locks: see _lock_ticks; waits for another ticker of the queue, until the end of its transaction.
declare
    q pgq.queue := pgq._get_queue(i_queue_name);
begin
    if q.queue_external_ticker then
        raise exception 'queue "%" gets its ticks from an external ticker (external_ticker)', i_queue_name
            using errcode = 'object_not_in_prerequisite_state';
    elsif q.queue_ticker_paused then
        raise exception 'the ticker of queue "%" is paused', i_queue_name
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    return pgq._tick_if_due(q.queue_id);
end
$$;

create or replace function pgq.ticker() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Ticks all queues that need it, except paused ones and those with an external ticker.
-- Returns the number of queues ticked. If there are none, only one query was run, and nothing was written.
-- Errors: 25000 see _lock_ticks; 55000 a queue belongs to another cluster.
-- Locks: see _lock_ticks, on the queues that need a tick, in the order of their ids.
declare
    v_count bigint := 0;
    v_id    integer;
begin
    for v_id in select queue_id from pgq._due_queues(null) order by queue_id loop
        if pgq._tick_if_due(v_id) is not null then
            v_count := v_count + 1;
        end if;
    end loop;
    return v_count;
end
$$;

create or replace function pgq.ticker(i_queue_name text, i_tick_id bigint, i_orig_timestamp timestamptz, i_event_seq bigint)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Ticks a queue with external ticker: id, time and event sequence are given by the caller, the snapshot is this server's.
-- The queue's own sequences are moved up to the given values.
-- Returns the tick's id.
-- Errors: 42704 no such queue; 55000 it has no external ticker, or its ticker is paused; 23505 the tick exists already;
-- 25000 see _lock_ticks.
declare
    q pgq.queue := pgq._get_queue(i_queue_name);
begin
    if not q.queue_external_ticker or q.queue_ticker_paused then
        raise exception 'queue "%" does not accept external ticks: external_ticker is %, ticker_paused %',
                i_queue_name, q.queue_external_ticker, q.queue_ticker_paused
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    perform pgq._lock_ticks(q.queue_id);
    perform pgq._require_cluster(q.queue_id);
    perform pgq.seq_setval(q.queue_tick_seq, i_tick_id), pgq.seq_setval(q.queue_event_seq, i_event_seq);
    return pgq._insert_tick(q.queue_id, i_queue_name, i_tick_id, i_orig_timestamp, i_event_seq);
end
$$;

create or replace function pgq.sleep_queues() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Asks writers for a notification on channel pgq_wake, so that the ticker need not check often while the queues are quiet: marks the
-- queues whose ticks this ticker makes as asleep. The mark is in the row that a writer reads anyway. The next tick removes it,
-- whichever ticker makes it: transactions that notify commit one after the other, which those of a busy queue must not.
-- A transaction that has read the row before, and ends later, does not notify: the ticker must go on checking at times.
-- Commits asynchronously: a mark that is lost in a crash only delays a tick until the ticker's next check.
-- Returns the number of queues that were awake. Locks: pgq.tick ROW EXCLUSIVE, as a tick does, since a REPEATABLE READ transaction
-- that blocks ticks to add its own would fail if the row of its queue changed meanwhile; then the rows of the queues, except
-- those that are locked by others, which stay awake.
declare
    v_count bigint;
begin
    perform set_config('synchronous_commit', 'off', true);
    lock table pgq.tick in row exclusive mode;
    update pgq.queue set queue_asleep = true
    where queue_id in (select queue_id from pgq.queue
                       where not queue_asleep and not queue_external_ticker and not queue_ticker_paused
                       for no key update skip locked);
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

create or replace function pgq.force_tick(i_queue_name text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Advances a queue's event sequence by ticker_max_count, so that the ticker ticks it next time. The ticks of a queue
-- with an external or paused ticker cannot be forced; then nothing is done. The ticker of a queue that is asleep is woken at the
-- end of the transaction, as by an event.
-- Returns the id of the last tick; null if there is no such queue. Call it, and wait until that id changes.
declare
    q record;
begin
    select * into q from pgq.queue where queue_name = i_queue_name;
    if not found then
        return null;
    end if;
    if not q.queue_external_ticker and not q.queue_ticker_paused then
        -- One by one, because a setval() could set the sequence back while other sessions draw numbers.
        perform nextval(q.queue_event_seq::regclass) from generate_series(1, greatest(q.queue_ticker_max_count, 1));
        if q.queue_asleep then
            perform pg_notify('pgq_wake', '');
        end if;
    end if;
    return (select max(tick_id) from pgq.tick where tick_queue = q.queue_id);
end
$$;
