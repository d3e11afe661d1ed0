-- The state of queues, consumers and batches; versions.

create or replace function pgq._age(i_time timestamptz) returns interval
language sql volatile  -- and no SET, so that it becomes part of its caller's query
as $$
-- How long ago a time was. Zero if it lies in the future, because the clock was set back since; null if it is null.
select case when i_time > clock_timestamp() then interval '0' else clock_timestamp() - i_time end;
$$;

create or replace function pgq.get_queue_info(
    in i_queue_name text,
    out queue_name text, out queue_ntables integer, out queue_cur_table integer, out queue_rotation_period interval,
    out queue_switch_time timestamptz, out queue_external_ticker boolean, out queue_ticker_paused boolean,
    out queue_ticker_max_count integer, out queue_ticker_max_lag interval, out queue_ticker_idle_period interval,
    out ticker_lag interval, out ev_per_sec double precision, out ev_new bigint, out last_tick_id bigint)
returns setof record
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
-- A queue's settings and activity.
-- i_queue_name   null: all queues
-- ticker_lag     time since its last tick
-- ev_per_sec     events per second over the last ticks (at least 20 seconds, if the queue has enough ticks)
-- ev_new         events since the last tick, by the event sequence
-- last_tick_id   id of the last tick
select q.queue_name, q.queue_ntables, q.queue_cur_table, q.queue_rotation_period, q.queue_switch_time,
       q.queue_external_ticker, q.queue_ticker_paused, q.queue_ticker_max_count, q.queue_ticker_max_lag,
       q.queue_ticker_idle_period,
       pgq._age(top.tick_time),
       (top.tick_event_seq - earlier.tick_event_seq)
           / nullif(greatest(extract(epoch from top.tick_time - earlier.tick_time)::double precision, 0), 0),
       coalesce(pg_sequence_last_value(q.queue_event_seq::regclass), 0) - top.tick_event_seq,
       top.tick_id
from pgq.queue q
left join lateral (
    select * from pgq.tick t where t.tick_queue = q.queue_id order by t.tick_id desc limit 1) top on true
left join lateral (
    (select * from pgq.tick t
     where t.tick_queue = q.queue_id and t.tick_id < top.tick_id and t.tick_time <= top.tick_time - interval '20 seconds'
     order by t.tick_id desc limit 1)
    union all
    (select * from pgq.tick t
     where t.tick_queue = q.queue_id and t.tick_id < top.tick_id
     order by t.tick_id limit 1)
    limit 1) earlier on true
where i_queue_name is null or q.queue_name = i_queue_name
order by 1;
$$;

create or replace function pgq.get_queue_info(
    out queue_name text, out queue_ntables integer, out queue_cur_table integer, out queue_rotation_period interval,
    out queue_switch_time timestamptz, out queue_external_ticker boolean, out queue_ticker_paused boolean,
    out queue_ticker_max_count integer, out queue_ticker_max_lag interval, out queue_ticker_idle_period interval,
    out ticker_lag interval, out ev_per_sec double precision, out ev_new bigint, out last_tick_id bigint)
returns setof record
language sql volatile
as $$
-- The settings and activity of all queues. See get_queue_info with a queue's name.
select * from pgq.get_queue_info(null);
$$;

create or replace function pgq.get_consumer_info(
    in i_queue_name text, in i_consumer_name text,
    out queue_name text, out consumer_name text, out lag interval, out last_seen interval,
    out last_tick bigint, out current_batch bigint, out next_tick bigint, out pending_events bigint)
returns setof record
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- The positions of consumers.
-- i_queue_name, i_consumer_name   null: all
-- lag             age of the tick it has reached
-- last_seen       time since it last opened or finished a batch
-- last_tick       the tick it has reached
-- current_batch   the open batch, next_tick its last tick; null if none is open
-- pending_events  events from last_tick to the queue's last tick, by the event sequence
select q.queue_name, c.co_name, pgq._age(at.tick_time), pgq._age(s.sub_active),
       s.sub_last_tick, s.sub_batch, s.sub_next_tick, top.tick_event_seq - at.tick_event_seq
from pgq.subscription s
join pgq.queue q on q.queue_id = s.sub_queue
join pgq.consumer c on c.co_id = s.sub_consumer
left join pgq.tick at on at.tick_queue = s.sub_queue and at.tick_id = s.sub_last_tick
left join lateral (
    select t.tick_event_seq from pgq.tick t where t.tick_queue = s.sub_queue order by t.tick_id desc limit 1) top on true
where (i_queue_name is null or q.queue_name = i_queue_name)
  and (i_consumer_name is null or c.co_name = i_consumer_name)
order by 1, 2;
$$;

create or replace function pgq.get_consumer_info(
    in i_queue_name text,
    out queue_name text, out consumer_name text, out lag interval, out last_seen interval,
    out last_tick bigint, out current_batch bigint, out next_tick bigint, out pending_events bigint)
returns setof record
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- The positions of all consumers of a queue. See get_consumer_info with two names.
select * from pgq.get_consumer_info(i_queue_name, null);
$$;

create or replace function pgq.get_consumer_info(
    out queue_name text, out consumer_name text, out lag interval, out last_seen interval,
    out last_tick bigint, out current_batch bigint, out next_tick bigint, out pending_events bigint)
returns setof record
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- The positions of all consumers of all queues. See get_consumer_info with two names.
select * from pgq.get_consumer_info(null, null);
$$;

create or replace function pgq.get_batch_info(
    in x_batch_id bigint,
    out queue_name text, out consumer_name text, out batch_start timestamptz, out batch_end timestamptz,
    out prev_tick_id bigint, out tick_id bigint, out lag interval, out seq_start bigint, out seq_end bigint)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- What an open batch covers: queue, consumer, and time, id and event sequence of its two ticks. lag is the age of the
-- later tick. All null if there is no such batch.
select q.queue_name, c.co_name, l.tick_time, t.tick_time, l.tick_id, t.tick_id,
       pgq._age(t.tick_time), l.tick_event_seq, t.tick_event_seq
from pgq.subscription s
join pgq.queue q on q.queue_id = s.sub_queue
join pgq.consumer c on c.co_id = s.sub_consumer
left join pgq.tick l on l.tick_queue = s.sub_queue and l.tick_id = s.sub_last_tick
left join pgq.tick t on t.tick_queue = s.sub_queue and t.tick_id = s.sub_next_tick
where s.sub_batch = x_batch_id;
$$;

create or replace function pgq.version() returns text
language sql immutable
as $$
-- The version of PgQ whose tables and functions these are.
select '3.5'::text;
$$;

create or replace function pgq.implementation() returns text
language sql immutable
as $$
-- The name of this implementation, and the number of its last change. The original has no such function.
select 'camel-londiste 1'::text;
$$;

create or replace function pgq.upgrade_schema() returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- Upgrades tables that an earlier version created to what this one expects. Installation calls it.
-- Returns the number of changes; 0 if there was nothing to do.
-- Errors: 55P03 others hold a lock for more than 2 s. Locks: ACCESS EXCLUSIVE on pgq.queue, if it lacks a column.
declare
    q         record;
    v_changes integer := 0;
begin
    -- Small tables with many dead rows. Pages with free space hold new row versions next to the old ones, and vacuuming
    -- depends on the number of dead rows, not on their share.
    v_changes := v_changes
        + pgq._set_storage('pgq.subscription', array['fillfactor=50', 'autovacuum_vacuum_scale_factor=0',
            'autovacuum_vacuum_threshold=200'])
        + pgq._set_storage('pgq.queue', array['fillfactor=50'])
        + pgq._set_storage('pgq.tick', array['autovacuum_vacuum_scale_factor=0', 'autovacuum_vacuum_threshold=1000',
            'autovacuum_analyze_scale_factor=0', 'autovacuum_analyze_threshold=5000'])
        + pgq._set_storage('pgq.retry_queue', array['autovacuum_vacuum_scale_factor=0.01']);
    if not exists (select from pg_attribute where attrelid = 'pgq.queue'::regclass and attname = 'queue_asleep' and not attisdropped) then
        -- Every transaction that writes events holds a lock on this table until it ends, and new ones wait behind this.
        perform set_config('lock_timeout', '2s', true);
        begin
            alter table pgq.queue add column queue_asleep boolean not null default false;
        exception when lock_not_available then
            raise exception 'table pgq.queue cannot be upgraded while transactions that have written events are open (pids %): nothing was changed, repeat it when they have ended',
                (select string_agg(distinct pid::text, ', ') from pg_locks
                 where relation = 'pgq.queue'::regclass and granted and pid <> pg_backend_pid()
                   and database = (select oid from pg_database where datname = current_database()))
                using errcode = 'lock_not_available';
        end;
        v_changes := v_changes + 1;
    end if;
    return v_changes;
end
$$;
