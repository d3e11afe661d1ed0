-- Reading: batches and their events.

create or replace function pgq.find_tick_helper(
    in i_queue_id integer, in i_prev_tick_id bigint, in i_prev_tick_time timestamptz, in i_prev_tick_seq bigint,
    in i_min_count bigint, in i_min_interval interval,
    out next_tick_id bigint, out next_tick_time timestamptz, out next_tick_seq bigint)
language sql stable
as $$
-- The first tick that is far enough after another one.
-- i_min_count      at least so many events later, by the event sequence
-- i_min_interval   at least this much later
-- With both given, one of them is enough; with none, it is the very next tick.
-- Returns nulls if there is no such tick yet.
select tick_id, tick_time, tick_event_seq
from pgq.tick
where tick_queue = i_queue_id
  and tick_id > i_prev_tick_id
  and (i_min_count is null and i_min_interval is null
       or tick_event_seq - i_prev_tick_seq >= i_min_count
       or tick_time - i_prev_tick_time >= i_min_interval)
order by tick_id
limit 1;
$$;

create or replace function pgq._next_batch(
    in i_queue_name text, in i_consumer_name text,
    in i_min_lag interval, in i_min_count integer, in i_min_interval interval, in i_max_events bigint, in i_last_tick bigint,
    out batch_id bigint, out cur_tick_id bigint, out prev_tick_id bigint,
    out cur_tick_time timestamptz, out prev_tick_time timestamptz,
    out cur_tick_event_seq bigint, out prev_tick_event_seq bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Opens a consumer's next batch, or returns the one that is open. See next_batch_custom for results, errors and locks.
-- i_max_events   null: the batch ends at the first tick that is far enough away, by the arguments before. Otherwise at the last of the
--                next ticks up to which there are no more events than this, by the event sequence; it has one tick at least
-- i_last_tick    with i_max_events: the batch ends at this tick at the latest; null: no limit
declare
    s       record;
begin
    loop
        select sub_queue, sub_consumer, sub_last_tick, sub_batch, sub_next_tick into s
        from pgq.subscription
        join pgq.queue on queue_id = sub_queue
        join pgq.consumer on co_id = sub_consumer
        where queue_name = i_queue_name and co_name = i_consumer_name;
        if not found then
            raise exception 'consumer "%" is not registered on queue "%"', i_consumer_name, i_queue_name
                using errcode = 'undefined_object';
        end if;
        perform pgq._require_cluster(s.sub_queue);
        select tick_id, tick_time, tick_event_seq into prev_tick_id, prev_tick_time, prev_tick_event_seq
        from pgq.tick
        where tick_queue = s.sub_queue and tick_id = s.sub_last_tick;
        if not found then
            raise exception 'consumer "%" is at tick % of queue "%", which does not exist any more',
                    i_consumer_name, s.sub_last_tick, i_queue_name
                using errcode = 'data_corrupted',
                      hint = 'Put it at an existing tick with pgq.register_consumer_at, or register it again.';
        end if;

        if s.sub_batch is not null then
            batch_id := s.sub_batch;
            select tick_id, tick_time, tick_event_seq into cur_tick_id, cur_tick_time, cur_tick_event_seq
            from pgq.tick
            where tick_queue = s.sub_queue and tick_id = s.sub_next_tick;
            return;
        end if;

        if i_max_events is null then
            select next_tick_id, next_tick_time, next_tick_seq into cur_tick_id, cur_tick_time, cur_tick_event_seq
            from pgq.find_tick_helper(s.sub_queue, prev_tick_id, prev_tick_time, prev_tick_event_seq,
                    i_min_count, i_min_interval);
        else
            select tick_id, tick_time, tick_event_seq into cur_tick_id, cur_tick_time, cur_tick_event_seq
            from (select *, row_number() over (order by tick_id) as nr
                  from (select * from pgq.tick where tick_queue = s.sub_queue and tick_id > prev_tick_id
                          and (i_last_tick is null or tick_id <= i_last_tick)
                        order by tick_id limit 5000) ahead) t
            where nr = 1 or tick_event_seq - prev_tick_event_seq <= i_max_events
            order by tick_id desc limit 1;
        end if;
        exit when cur_tick_id is null or cur_tick_time > clock_timestamp() - i_min_lag;

        update pgq.subscription
        set sub_batch = nextval('pgq.batch_id_seq'), sub_next_tick = cur_tick_id, sub_active = now()
        where sub_queue = s.sub_queue and sub_consumer = s.sub_consumer
          and sub_last_tick = s.sub_last_tick and sub_batch is null
        returning sub_batch into batch_id;
        if found then
            return;
        end if;
        -- Another session has opened it, or moved the consumer, in between: read again.
    end loop;

    prev_tick_id := null; prev_tick_time := null; prev_tick_event_seq := null;
    cur_tick_id := null; cur_tick_time := null; cur_tick_event_seq := null;
end
$$;

create or replace function pgq.next_batch_custom(
    in i_queue_name text, in i_consumer_name text,
    in i_min_lag interval, in i_min_count integer, in i_min_interval interval,
    out batch_id bigint, out cur_tick_id bigint, out prev_tick_id bigint,
    out cur_tick_time timestamptz, out prev_tick_time timestamptz,
    out cur_tick_event_seq bigint, out prev_tick_event_seq bigint)
language sql volatile
as $$
-- Opens a consumer's next batch: the events between its tick and a later one. A batch that is already open is
-- returned again regardless of the other arguments; it stays open until finish_batch.
-- i_min_lag        only events at least this old (at the batch's last tick)
-- i_min_count      only when there are at least so many events, by the event sequence
-- i_min_interval   only when the batch spans at least this much time; with i_min_count, either is enough
-- Returns the batch and its two ticks; all null if there are no (or not enough) events yet. The sequence values are hints
-- on the batch's size, not a count: even a batch with equal ones may hold events.
-- Errors: 42704 the consumer is not registered on the queue; XX001 its tick is gone; 55000 the queue belongs to another
-- cluster.
-- Locks: none if there is no batch; of two sessions that open a batch for one consumer, both get the same.
select * from pgq._next_batch(i_queue_name, i_consumer_name, i_min_lag, i_min_count, i_min_interval, null, null);
$$;

create or replace function pgq.next_batch_info(
    in i_queue_name text, in i_consumer_name text,
    out batch_id bigint, out cur_tick_id bigint, out prev_tick_id bigint,
    out cur_tick_time timestamptz, out prev_tick_time timestamptz,
    out cur_tick_event_seq bigint, out prev_tick_event_seq bigint)
language sql volatile
as $$
-- Opens a consumer's next batch, up to the next tick. See next_batch_custom.
select * from pgq.next_batch_custom(i_queue_name, i_consumer_name, null, null, null);
$$;

create or replace function pgq.next_batch(i_queue_name text, i_consumer_name text) returns bigint
language sql volatile
as $$
-- Opens a consumer's next batch, up to the next tick. See next_batch_custom.
-- Returns the batch's id, or null if there is none yet.
select batch_id from pgq.next_batch_custom(i_queue_name, i_consumer_name, null, null, null);
$$;

create or replace function pgq.batch_event_tables(x_batch_id bigint) returns setof text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- The tables in which events of an open batch may be: all of the queue's. Which of them was current when an event
-- was written does not determine it: a transaction may have read the table's name long before it wrote; and where there
-- are no events, the index lookup is fast.
-- Errors: P0002 no such batch.
begin
    return query
        select queue_data_pfx || '_' || i
        from pgq.subscription
        join pgq.queue on queue_id = sub_queue, generate_series(0, queue_ntables - 1) i
        where sub_batch = x_batch_id;
    if not found then
        raise exception 'batch % not found', x_batch_id using errcode = 'no_data_found';
    end if;
end
$$;

create or replace function pgq._batch_sql(i_batch_id bigint, i_where text) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- The SELECT that yields a batch's events in the order of their ids.
-- i_where   an additional condition on the event's columns; null: none
-- Errors: P0002 no such batch.
--
-- A batch lies between two snapshots, L (its earlier tick) and C (the later one): its events are those of the
-- transactions that C sees and L does not. There are two kinds of them, and each is one lookup in the index on ev_txid:
--   * transactions that began after L: ids from xmax(L) on, up to xmax(C), without those that C does not see;
--   * transactions that ran when L was taken: L's list of running ones, without those that C still does not see.
-- The second kind is looked up id by id. So a transaction that runs for hours costs one lookup, and does not extend the
-- range back to its beginning. Every other transaction with an id below xmax(L) had ended at L and belongs to an earlier batch.
declare
    b        record;
    v_parts  text[] := '{}';
    v_late   bigint[];
    v_cols   constant text :=
        'ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4';
begin
    select sub_id, l.tick_snapshot as last, c.tick_snapshot as cur, queue_data_pfx into b
    from pgq.subscription
    join pgq.queue on queue_id = sub_queue
    join pgq.tick l on l.tick_queue = sub_queue and l.tick_id = sub_last_tick
    join pgq.tick c on c.tick_queue = sub_queue and c.tick_id = sub_next_tick
    where sub_batch = i_batch_id;
    if not found then
        raise exception 'batch % not found', i_batch_id using errcode = 'no_data_found';
    end if;
    v_late := array(select x from txid_snapshot_xip(b.last) x where txid_visible_in_snapshot(x, b.cur));

    select coalesce(array_agg(format('select %s from %s where %s and (ev_owner is null or ev_owner = %s)',
            v_cols, t, look, b.sub_id)), '{}')
    into v_parts
    from pgq.batch_event_tables(i_batch_id) t,
         unnest(array[
             case when txid_snapshot_xmax(b.last) < txid_snapshot_xmax(b.cur) then
                 format('ev_txid >= %s and ev_txid < %s and txid_visible_in_snapshot(ev_txid, %L)',
                     txid_snapshot_xmax(b.last), txid_snapshot_xmax(b.cur), b.cur) end,
             case when v_late <> '{}' then format('ev_txid = any (%L::bigint[])', v_late) end]) look
    where look is not null;
    if v_parts = '{}' then
        v_parts := array[format('select %s from %s where false', v_cols, b.queue_data_pfx)];
    end if;
    return 'select * from (' || array_to_string(v_parts, ' union all ') || ') ev'
            || coalesce(' where (' || i_where || ')', '') || ' order by ev_id';
end
$$;

create or replace function pgq.batch_event_sql(x_batch_id bigint) returns text
language sql volatile
as $$
-- The SELECT that yields the events of an open batch in the order of their ids. See \sf pgq._batch_sql.
-- Errors: P0002 no such batch.
select pgq._batch_sql(x_batch_id, null);
$$;

create or replace function pgq.get_batch_events(
    in x_batch_id bigint,
    out ev_id bigint, out ev_time timestamptz, out ev_txid bigint, out ev_retry integer, out ev_type text,
    out ev_data text, out ev_extra1 text, out ev_extra2 text, out ev_extra3 text, out ev_extra4 text)
returns setof record
language plpgsql volatile
set search_path = pg_catalog, pg_temp
-- Event tables have no statistics, so settings make the planner use the index on ev_txid.
set enable_seqscan = off
set jit = off
as $$
-- All events of an open batch, in the order of their ids. get_batch_cursor returns them in portions.
-- Errors: P0002 no such batch.
begin
    return query execute pgq._batch_sql(x_batch_id, null);
end
$$;

create or replace function pgq.get_batch_cursor(
    in i_batch_id bigint, in i_cursor_name text, in i_quick_limit integer, in i_extra_where text,
    out ev_id bigint, out ev_time timestamptz, out ev_txid bigint, out ev_retry integer, out ev_type text,
    out ev_data text, out ev_extra1 text, out ev_extra2 text, out ev_extra3 text, out ev_extra4 text)
returns setof record
language plpgsql volatile
set enable_seqscan = off
set jit = off
as $$
-- Opens a cursor on the events of an open batch, in the order of their ids, and returns the first of them.
-- i_cursor_name   its name, for FETCH and CLOSE
-- i_quick_limit   how many events to return at once; null or less than 1: none
-- i_extra_where   an SQL condition on the event's columns; null: none. It runs with the caller's rights and is
--                 SQL text: never pass on text from an untrusted source.
-- Errors: P0002 no such batch; 42P03 a cursor of that name exists.
declare
    v_cursor refcursor := i_cursor_name;
begin
    open v_cursor no scroll for execute pgq._batch_sql(i_batch_id, i_extra_where);
    for i in 1 .. coalesce(i_quick_limit, 0) loop
        fetch v_cursor into ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data,
                ev_extra1, ev_extra2, ev_extra3, ev_extra4;
        exit when not found;
        return next;
    end loop;
end
$$;

create or replace function pgq.get_batch_cursor(
    in i_batch_id bigint, in i_cursor_name text, in i_quick_limit integer,
    out ev_id bigint, out ev_time timestamptz, out ev_txid bigint, out ev_retry integer, out ev_type text,
    out ev_data text, out ev_extra1 text, out ev_extra2 text, out ev_extra3 text, out ev_extra4 text)
returns setof record
language plpgsql volatile strict
as $$
-- Opens a cursor on all events of an open batch. See get_batch_cursor with four arguments.
begin
    return query select * from pgq.get_batch_cursor(i_batch_id, i_cursor_name, i_quick_limit, null);
end
$$;

-- Its third parameter has had another meaning and name, and "create or replace" cannot change a name.
do $$
begin
    if exists (select from pg_proc
               where oid = to_regprocedure('pgq.receive_batch(text, text, bigint, bigint, bigint, integer)')
                 and 'i_finished' = any (proargnames)) then
        drop function pgq.receive_batch(text, text, bigint, bigint, bigint, integer);
    end if;
end
$$;

create or replace function pgq.receive_batch(
    in i_queue_name text, in i_consumer_name text, in i_finished_tick bigint, in i_max_events bigint, in i_last_tick bigint, in i_page integer,
    out batch_id bigint, out prev_tick_id bigint, out prev_tick_time timestamptz, out prev_tick_event_seq bigint,
    out cur_tick_id bigint, out cur_tick_time timestamptz, out cur_tick_event_seq bigint,
    out ev_id bigint, out ev_time timestamptz, out ev_txid bigint, out ev_retry integer, out ev_type text,
    out ev_data text, out ev_extra1 text, out ev_extra2 text, out ev_extra3 text, out ev_extra4 text)
returns setof record
language plpgsql volatile
set enable_seqscan = off
set jit = off
as $$
-- All that a consumer does between two batches, in one round trip: finishes the last batch, opens the next one, and returns it with
-- its first events. To be called in a transaction of its own, which commits asynchronously: if the server crashes, it may forget that the batch was
-- finished, and deliver it again.
-- i_finished_tick   the last tick of the batch to finish; null: none. If the consumer has no open batch that ends there, nothing is finished: the
--                   server may have forgotten the batch in a crash, and its number may be another one's
-- i_max_events, i_last_tick   which ticks the next batch spans, see _next_batch
-- i_page         how many events to return at most; if there are as many, get_batch_cursor has the others
-- Returns no row if there is no batch; otherwise a row with the batch and its ticks, and then one for each event, which has only the event.
-- Errors and locks: see next_batch_custom.
begin
    perform set_config('synchronous_commit', 'off', true);
    if i_finished_tick is not null then
        perform pgq.finish_batch(sub_batch)
        from pgq.subscription
        join pgq.queue on queue_id = sub_queue
        join pgq.consumer on co_id = sub_consumer
        where queue_name = i_queue_name and co_name = i_consumer_name and sub_next_tick = i_finished_tick;
    end if;
    select b.batch_id, b.prev_tick_id, b.prev_tick_time, b.prev_tick_event_seq, b.cur_tick_id, b.cur_tick_time, b.cur_tick_event_seq
    into batch_id, prev_tick_id, prev_tick_time, prev_tick_event_seq, cur_tick_id, cur_tick_time, cur_tick_event_seq
    from pgq._next_batch(i_queue_name, i_consumer_name, null, null, null, i_max_events, i_last_tick) b;
    if batch_id is null then
        return;
    end if;
    return next;
    return query execute
        'select null::bigint, null::bigint, null::timestamptz, null::bigint, null::bigint, null::timestamptz, null::bigint, page.* from ('
        || pgq._batch_sql(batch_id, null) || ' limit $1) page' using i_page;
end
$$;

create or replace function pgq.finish_batch(x_batch_id bigint) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Closes a batch: its consumer is then at the batch's last tick.
-- Returns 1; or 0, with a warning, if there is no such batch (finished before, or abandoned by register_consumer_at).
begin
    update pgq.subscription
    set sub_last_tick = sub_next_tick, sub_next_tick = null, sub_batch = null, sub_active = now()
    where sub_batch = x_batch_id;
    if not found then
        raise warning 'batch % not found: finished before, or its consumer was moved', x_batch_id;
        return 0;
    end if;
    return 1;
end
$$;
