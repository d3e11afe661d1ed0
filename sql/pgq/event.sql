-- Producing events.

create or replace function pgq.insert_event_raw(
    queue_name text, ev_id bigint, ev_time timestamptz, ev_owner integer, ev_retry integer,
    ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text) returns bigint
language plpgsql volatile
as $$
#variable_conflict use_column
-- Puts an event into a queue's current table, with all fields as given.
-- ev_id      null: the next of the queue's sequence
-- ev_time    null: now
-- ev_owner   sub_id of the only consumer that gets it; null: all
-- ev_retry   how often it has been retried; null: never
-- Returns the event's id.
-- Errors: 22004 the queue name is null; 42704 no such queue; 55000 inserting is disabled;
-- 54000 more events in one transaction than queue_per_tx_limit.
declare
    q     record;
    v_id  bigint := insert_event_raw.ev_id;
begin
    -- The transaction's id first, the event's number after it: a session that has seen the number in the sequence
    -- and then takes a snapshot finds this transaction in it, and knows that its events are still to come.
    perform txid_current();

    select queue_id, queue_data_pfx || '_' || queue_cur_table as event_table, queue_event_seq, queue_disable_insert,
           queue_per_tx_limit, queue_asleep
    into q
    from pgq.queue
    where queue_name = insert_event_raw.queue_name;
    if not found then
        perform pgq._get_queue(insert_event_raw.queue_name);
    end if;
    if q.queue_disable_insert and current_setting('session_replication_role') <> 'replica' then
        raise exception 'queue "%" does not take events: inserting is disabled', insert_event_raw.queue_name
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    if q.queue_asleep then
        perform pg_notify('pgq_wake', '');  -- see sleep_queues
    end if;
    if q.queue_per_tx_limit is not null then
        perform pgq._count_in_transaction(insert_event_raw.queue_name, q.queue_id, q.queue_per_tx_limit);
    end if;

    if v_id is null then
        v_id := nextval(q.queue_event_seq::regclass);
    end if;
    execute 'insert into ' || q.event_table || ' (ev_id, ev_time, ev_owner, ev_retry, ev_type, ev_data,'
            || ' ev_extra1, ev_extra2, ev_extra3, ev_extra4) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)'
        using v_id, coalesce(insert_event_raw.ev_time, now()), insert_event_raw.ev_owner, insert_event_raw.ev_retry,
              insert_event_raw.ev_type, insert_event_raw.ev_data, insert_event_raw.ev_extra1,
              insert_event_raw.ev_extra2, insert_event_raw.ev_extra3, insert_event_raw.ev_extra4;
    return v_id;
end
$$;

create or replace function pgq._count_in_transaction(i_queue_name text, i_queue_id integer, i_limit integer) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- Counts one more event of this transaction for a queue with queue_per_tx_limit. The count is kept in a setting
-- local to the transaction, so that rolling back to a savepoint also subtracts its events.
-- Errors: 54000 the limit is exceeded.
declare
    v_name  text := 'pgq.events_' || i_queue_id;
    v_count integer := coalesce(nullif(current_setting(v_name, true), ''), '0')::integer + 1;
begin
    if v_count > i_limit then
        raise exception 'queue "%" allows at most % events from one transaction', i_queue_name, i_limit
            using errcode = 'program_limit_exceeded';
    end if;
    perform set_config(v_name, v_count::text, true);
end
$$;

create or replace function pgq.insert_event(
    queue_name text, ev_type text, ev_data text,
    ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Puts an event into a queue. The producer defines the meaning of its fields.
-- Returns the event's id.
-- Errors: as insert_event_raw.
begin
    return pgq.insert_event_raw(queue_name, null, now(), null, null, ev_type, ev_data,
            ev_extra1, ev_extra2, ev_extra3, ev_extra4);
end
$$;

create or replace function pgq.insert_event(queue_name text, ev_type text, ev_data text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Puts an event without extra fields into a queue. See insert_event with seven arguments.
begin
    return pgq.insert_event_raw(queue_name, null, now(), null, null, ev_type, ev_data, null, null, null, null);
end
$$;

create or replace function pgq.current_event_table(x_queue_name text) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- The table into which a queue's events are currently written, for COPY and bulk inserts. Call it again in every transaction.
-- Errors: 42704 no such queue; 55000 inserting is disabled (not for sessions with session_replication_role replica).
declare
    q pgq.queue := pgq._get_queue(x_queue_name);
begin
    if q.queue_disable_insert and current_setting('session_replication_role') <> 'replica' then
        raise exception 'queue "%" does not take events: inserting is disabled', x_queue_name
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    if q.queue_asleep then
        perform pg_notify('pgq_wake', '');  -- see sleep_queues
    end if;
    return q.queue_data_pfx || '_' || q.queue_cur_table;
end
$$;
