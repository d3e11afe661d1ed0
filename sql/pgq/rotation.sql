-- Rotation: emptying old event tables, and other periodic maintenance.

create or replace function pgq.maint_rotate_tables_step1(i_queue_name text) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '250ms'
as $$
-- Empties a queue's next event table and makes it the one into which events are written. maint_rotate_tables_step2 must follow in
-- its own transaction.
-- Nothing happens while it is too early (the time of the last rotation lies in the future if the clock was set back; then it
-- is not), step 2 is missing, the slowest consumer has not seen all events of that
-- table, or the table is in use. Ticks that no consumer needs any more are deleted.
-- Always returns 0, even if there is no such queue. Errors: 55000 the queue belongs to another cluster.
-- Locks: the queue's row; the next event table ACCESS EXCLUSIVE, waited for at most lock_timeout.
declare
    q        record;
    v_table  regclass;
    v_tick   bigint;
    v_seen   txid_snapshot;
    v_unread boolean;
begin
    select queue_id, queue_data_pfx, (queue_cur_table + 1) % queue_ntables as next into q
    from pgq.queue
    where queue_name = i_queue_name
      and queue_switch_step2 is not null
      and clock_timestamp() not between queue_switch_time and queue_switch_time + queue_rotation_period
    for no key update skip locked;
    if not found then
        return 0;
    end if;
    perform pgq._require_cluster(q.queue_id);
    v_table := (q.queue_data_pfx || '_' || q.next)::regclass;

    -- Without consumers the last tick decides: a consumer that registers now begins there.
    select tick_id, tick_snapshot into v_tick, v_seen
    from pgq.tick
    where tick_queue = q.queue_id
      and tick_id = coalesce((select min(sub_last_tick) from pgq.subscription where sub_queue = q.queue_id),
                             (select max(tick_id) from pgq.tick where tick_queue = q.queue_id));
    if not found then
        return 0;
    end if;
    delete from pgq.tick where tick_queue = q.queue_id and tick_id < v_tick;

    -- Checked once before the lock, to avoid it, and again when no session can write to the table any longer.
    for i in 1 .. 2 loop
        execute format('select exists (select from %s where ev_txid >= %s and not txid_visible_in_snapshot(ev_txid, %L))',
                v_table, txid_snapshot_xmin(v_seen), v_seen)
            into v_unread;
        if v_unread is not false then
            return 0;
        end if;
        if i = 1 then
            execute format('lock table %s in access exclusive mode', v_table);
        end if;
    end loop;

    execute format('truncate %s', v_table);
    update pgq.queue
    set queue_cur_table = q.next, queue_switch_time = clock_timestamp(),
        queue_switch_step1 = txid_current(), queue_switch_step2 = null
    where queue_id = q.queue_id;
    return 0;
exception
    when lock_not_available then
        return 0;
end
$$;

create or replace function pgq.maint_rotate_tables_step2() returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- Records, for every queue that has just been rotated, a transaction id from after the rotation. The next rotation waits
-- for that. Must run in a later transaction than maint_rotate_tables_step1.
-- Returns 0.
begin
    perform pgq._require_cluster(null);
    update pgq.queue set queue_switch_step2 = txid_current() where queue_switch_step2 is null;
    return 0;
end
$$;

create or replace function pgq.maint_tables_to_vacuum() returns setof text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- The tables of schema pgq that need a VACUUM now: autovacuum is off, or cannot keep up with them.
begin
    return query
        select 'pgq.' || relname::text
        from pg_class
        where oid in ('pgq.subscription'::regclass, 'pgq.consumer'::regclass, 'pgq.queue'::regclass,
                      'pgq.tick'::regclass, 'pgq.retry_queue'::regclass)
          and pg_stat_get_dead_tuples(oid) > case current_setting('autovacuum') when 'on' then 1000 else 0 end
        order by relname;
end
$$;

create or replace function pgq.maint_operations(out func_name text, out func_arg text) returns setof record
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- The maintenance that is due: functions to call in this order, each in its own transaction, and again as long as they
-- return 1. func_name 'vacuum' means VACUUM of the table func_arg.
-- Errors: 55000 the queues belong to another cluster.
-- Other software can add its functions to queue_extra_maint; they are called with the queue's name.
declare
    q        record;
    v_rotate boolean := false;
begin
    perform pgq._require_cluster(null);
    for q in
        select queue_name, queue_extra_maint, queue_switch_step2 is null as unfinished,
               clock_timestamp() not between queue_switch_time and queue_switch_time + queue_rotation_period as due
        from pgq.queue
        order by queue_name
    loop
        func_arg := q.queue_name;
        if q.due and not q.unfinished then
            func_name := 'pgq.maint_rotate_tables_step1';
            return next;
        end if;
        v_rotate := v_rotate or q.due or q.unfinished;
        foreach func_name in array coalesce(q.queue_extra_maint, '{}') loop
            return next;
        end loop;
    end loop;

    if v_rotate then
        func_name := 'pgq.maint_rotate_tables_step2';
        func_arg := null;
        return next;
    end if;
    func_name := 'vacuum';
    for func_arg in select * from pgq.maint_tables_to_vacuum() loop
        return next;
    end loop;
end
$$;
