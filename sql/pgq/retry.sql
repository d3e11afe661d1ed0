-- Events that a consumer is to get again later.

create or replace function pgq.event_retry_raw(
    x_queue text, x_consumer text, x_retry_after timestamptz, x_ev_id bigint, x_ev_time timestamptz, x_ev_retry integer,
    x_ev_type text, x_ev_data text, x_ev_extra1 text, x_ev_extra2 text, x_ev_extra3 text, x_ev_extra4 text)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Puts an event, with all fields as given, into the retry queue of a consumer.
-- x_retry_after   when it is put into the queue
-- x_ev_id         null: the next of the queue's sequence
-- Returns the event's id.
-- Errors: 42704 the consumer is not registered on the queue; 23505 the event is already waiting.
declare
    s    record;
    v_id bigint := x_ev_id;
begin
    select sub_id, queue_id, queue_event_seq into s
    from pgq.subscription
    join pgq.queue on queue_id = sub_queue
    join pgq.consumer on co_id = sub_consumer
    where queue_name = x_queue and co_name = x_consumer;
    if not found then
        raise exception 'consumer "%" is not registered on queue "%"', x_consumer, x_queue using errcode = 'undefined_object';
    end if;
    if v_id is null then
        v_id := nextval(s.queue_event_seq::regclass);
    end if;
    insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_owner, ev_retry, ev_type, ev_data,
            ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (x_retry_after, s.queue_id, v_id, x_ev_time, s.sub_id, x_ev_retry, x_ev_type, x_ev_data,
            x_ev_extra1, x_ev_extra2, x_ev_extra3, x_ev_extra4);
    return v_id;
end
$$;

create or replace function pgq._retry(i_batch_id bigint, i_where text, i_retry_time timestamptz) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
-- Copies events of an open batch, those that meet a condition (null: all), into the retry queue.
-- Returns how many; events that already wait there are left unchanged.
-- Errors: P0002 no such batch.
declare
    v_count integer;
begin
    execute 'insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_owner, ev_retry,'
            || ' ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)'
            || ' select $1, sub_queue, ev_id, ev_time, sub_id, coalesce(ev_retry, 0) + 1,'
            || ' ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4'
            || ' from pgq.subscription, (' || pgq._batch_sql(i_batch_id, i_where) || ') e where sub_batch = $2'
            || ' on conflict (ev_owner, ev_id) do nothing'
        using i_retry_time, i_batch_id;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

create or replace function pgq.event_retry(x_batch_id bigint, x_event_id bigint, x_retry_time timestamptz) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Has one event of an open batch delivered to its consumer again later. The batch must still be finished.
-- x_retry_time   when the event is put into the queue again
-- Returns 1, or 0 if the event is already waiting.
-- Errors: P0002 no such batch, or no such event in it.
declare
    v_count integer := pgq._retry(x_batch_id, 'ev_id = ' || x_event_id, x_retry_time);
begin
    if v_count = 0 and not exists (
            select from pgq.retry_queue join pgq.subscription on sub_id = ev_owner
            where sub_batch = x_batch_id and ev_id = x_event_id) then
        raise exception 'batch % has no event %', x_batch_id, x_event_id using errcode = 'no_data_found';
    end if;
    return v_count;
end
$$;

create or replace function pgq.event_retry(x_batch_id bigint, x_event_id bigint, x_retry_seconds integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Has one event of an open batch delivered to its consumer again after so many seconds. See event_retry with a time.
begin
    return pgq.event_retry(x_batch_id, x_event_id, now() + make_interval(secs => x_retry_seconds));
end
$$;

create or replace function pgq.batch_retry(i_batch_id bigint, i_retry_seconds integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Has all events of an open batch delivered to its consumer again after so many seconds. The batch must still be finished.
-- Returns how many; those that are already waiting are not counted.
-- Errors: P0002 no such batch.
begin
    return pgq._retry(i_batch_id, null, now() + make_interval(secs => i_retry_seconds));
end
$$;

create or replace function pgq.maint_retry_events() returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- Moves events whose retry is due from the retry queue into their queues, at most ten. Call it until it returns 0.
-- Returns how many were moved.
-- Locks: the moved rows; rows that another session is moving are skipped.
declare
    r        record;
    v_count  integer := 0;
begin
    for r in
        delete from pgq.retry_queue
        where (ev_owner, ev_id) in (
            select ev_owner, ev_id from pgq.retry_queue
            where ev_retry_after <= now()
            order by ev_retry_after
            limit 10
            for update skip locked)
        returning *
    loop
        perform pgq.insert_event_raw(queue_name, r.ev_id, r.ev_time, r.ev_owner, r.ev_retry, r.ev_type, r.ev_data,
                    r.ev_extra1, r.ev_extra2, r.ev_extra3, r.ev_extra4),
                -- The event keeps its number, so the sequence is advanced explicitly, which makes the ticker notice it.
                nextval(queue_event_seq::regclass)
        from pgq.queue
        where queue_id = r.ev_queue;
        v_count := v_count + 1;
    end loop;
    return v_count;
end
$$;
