-- Queues: create, drop, configure. Small helpers that the other files use come first.

create or replace function pgq.quote_fqname(i_name text) returns text
language plpgsql immutable strict
set search_path = pg_catalog, pg_temp
as $$
-- Quotes the name of a table or sequence for use in SQL.
-- i_name   [schema.]name, unquoted; the first dot separates, a missing schema means public
-- Returns the name with each part quoted where it must be.
declare
    v_dot integer := strpos(i_name, '.');
begin
    if v_dot = 0 then
        return 'public.' || quote_ident(i_name);
    end if;
    return quote_ident(left(i_name, v_dot - 1)) || '.' || quote_ident(substr(i_name, v_dot + 1));
end
$$;

create or replace function pgq.seq_getval(i_seq_name text) returns bigint
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
-- Reads the last value of a sequence without moving it.
-- i_seq_name   [schema.]name, unquoted
-- Errors: 42P01 no such sequence.
declare
    v_value bigint;
begin
    execute 'select last_value from ' || pgq.quote_fqname(i_seq_name) into v_value;
    return v_value;
end
$$;

create or replace function pgq.seq_setval(i_seq_name text, i_new_value bigint) returns bigint
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
-- Moves a sequence forward, never back.
-- i_seq_name    [schema.]name, unquoted
-- i_new_value   the required value
-- Returns the sequence's value afterwards.
-- Locks: an advisory one, against others who call this; nextval() by others continues, and may be set back by it.
-- Errors: 42P01 no such sequence.
declare
    v_seq regclass := pgq.quote_fqname(i_seq_name)::regclass;
begin
    perform pg_advisory_xact_lock('pgq.queue'::regclass::oid::integer, v_seq::oid::integer);
    if i_new_value > pgq.seq_getval(i_seq_name) then
        perform setval(v_seq, i_new_value);
    end if;
    return pgq.seq_getval(i_seq_name);
end
$$;

create or replace function pgq._get_queue(i_queue_name text) returns pgq.queue
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The row of a queue.
-- Errors: 22004 the name is null; 42704 no such queue.
declare
    q pgq.queue;
begin
    if i_queue_name is null then
        raise exception 'queue name must not be null' using errcode = 'null_value_not_allowed';
    end if;
    select * into q from pgq.queue where queue_name = i_queue_name;
    if not found then
        raise exception 'queue "%" does not exist', i_queue_name using errcode = 'undefined_object';
    end if;
    return q;
end
$$;

create or replace function pgq._lock_ticks(i_queue_id integer) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- Acquires the exclusive right to add ticks to a queue until the end of the transaction.
--
-- Readers rely on tick ids and snapshots growing together, so a tick's snapshot must be taken while no other session
-- can add one. Call this in a statement of its own, before the one that inserts: a volatile function takes a new
-- snapshot for every statement, as long as the transaction is READ COMMITTED.
-- Locks: pgq.tick ROW EXCLUSIVE, which waits for sessions that block ticks with SHARE ROW EXCLUSIVE (the lock
-- that the INSERT acquires anyway, only earlier); then an advisory lock for the queue (class: oid of pgq.tick).
-- Errors: 25000 the transaction keeps one snapshot, so that it cannot take a later one.
begin
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception 'a tick needs a transaction with isolation level read committed, this one is %',
                current_setting('transaction_isolation')
            using errcode = 'invalid_transaction_state';
    end if;
    lock table pgq.tick in row exclusive mode;
    perform pg_advisory_xact_lock('pgq.tick'::regclass::oid::integer, i_queue_id);
end
$$;

create or replace function pgq.create_queue(i_queue_name text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Creates a queue: its row, its event tables and sequences, its first tick.
-- Returns 1 if it is new, 0 if there already was one of that name.
-- Errors: 22004 the name is null.
-- Locks: of two that create the same queue the second waits for the first.
declare
    v_id     integer;
    v_tables integer;
    v_pfx    text;
begin
    if i_queue_name is null then
        raise exception 'queue name must not be null' using errcode = 'null_value_not_allowed';
    end if;
    if exists (select from pgq.queue where queue_name = i_queue_name) then
        return 0;
    end if;

    v_id := nextval('pgq.queue_queue_id_seq');
    v_pfx := 'pgq.event_' || v_id;
    insert into pgq.queue (queue_id, queue_name, queue_data_pfx, queue_event_seq, queue_tick_seq)
    values (v_id, i_queue_name, v_pfx, v_pfx || '_id_seq', v_pfx || '_tick_seq')
    on conflict (queue_name) do nothing
    returning queue_ntables into v_tables;
    if not found then
        return 0;
    end if;

    -- The event sequence starts at 0, which counts as already used: the first event is 1, and the value before it
    -- differs from the value after it, so that the ticker notices the very first event too.
    execute format('create sequence %s_id_seq minvalue 0 start with 0', v_pfx);
    perform nextval((v_pfx || '_id_seq')::regclass);
    execute format('create sequence %s_tick_seq', v_pfx);
    execute format('create table %s () inherits (pgq.event_template)', v_pfx);
    for i in 0 .. v_tables - 1 loop
        execute format('create table %1$s_%2$s () inherits (%1$s)', v_pfx, i);
        execute format('alter table %1$s_%2$s alter column ev_id set default nextval(%3$L)', v_pfx, i, v_pfx || '_id_seq');
        execute format('create index event_%1$s_%2$s_txid_idx on pgq.event_%1$s_%2$s (ev_txid)', v_id, i);
    end loop;
    perform pgq.grant_perms(i_queue_name);
    perform pgq.tune_storage(i_queue_name);

    insert into pgq.tick (tick_queue, tick_id, tick_time, tick_event_seq)
    values (v_id, nextval((v_pfx || '_tick_seq')::regclass), clock_timestamp(), 0);
    return 1;
end
$$;

create or replace function pgq.drop_queue(x_queue_name text, x_force boolean) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Drops a queue with everything in it.
-- x_force   even if there are consumers; they are unregistered
-- Returns 1.
-- Errors: 42704 no such queue; 2BP01 consumers are registered and x_force is not true.
-- Locks: pgq.tick ROW EXCLUSIVE, the queue's row, its event tables ACCESS EXCLUSIVE: waits for all sessions that use them.
declare
    q        pgq.queue := pgq._get_queue(x_queue_name);
    v_names  text;
begin
    lock table pgq.tick in row exclusive mode;  -- first, as every ticker does
    perform from pgq.queue where queue_id = q.queue_id for update;
    select string_agg(co_name, ', ' order by co_name) into v_names
    from pgq.subscription join pgq.consumer on co_id = sub_consumer
    where sub_queue = q.queue_id;
    if v_names is not null and x_force is not true then
        raise exception 'queue "%" has consumers: %', x_queue_name, v_names
            using errcode = 'dependent_objects_still_exist',
                  hint = 'Unregister them first, or force the drop with x_force.';
    end if;
    perform pgq.unregister_consumer(x_queue_name, co_name)
    from pgq.subscription join pgq.consumer on co_id = sub_consumer
    where sub_queue = q.queue_id;

    delete from pgq.retry_queue where ev_queue = q.queue_id;
    delete from pgq.tick where tick_queue = q.queue_id;
    delete from pgq.queue where queue_id = q.queue_id;
    for i in 0 .. q.queue_ntables - 1 loop
        execute format('drop table %s_%s', q.queue_data_pfx, i);
    end loop;
    execute format('drop table %s', q.queue_data_pfx);
    execute format('drop sequence %s', q.queue_event_seq);
    execute format('drop sequence %s', q.queue_tick_seq);
    return 1;
end
$$;

create or replace function pgq.drop_queue(x_queue_name text) returns integer
language sql volatile strict
as $$
-- Drops a queue that has no consumers. See drop_queue(text, boolean).
select pgq.drop_queue(x_queue_name, false);
$$;

create or replace function pgq.set_queue_config(x_queue_name text, x_param_name text, x_param_value text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Sets one parameter of a queue.
-- x_param_name   ticker_max_count, ticker_max_lag, ticker_idle_period, ticker_paused, rotation_period or
--                external_ticker
-- Returns 1.
-- Errors: 42704 no such queue; 22023 no such parameter; 22P02, 22007 the value is not valid for its type;
-- 22004 the value is null.
declare
    q pgq.queue := pgq._get_queue(x_queue_name);
begin
    if x_param_name is null or x_param_name not in ('ticker_max_count', 'ticker_max_lag', 'ticker_idle_period',
            'ticker_paused', 'rotation_period', 'external_ticker') then
        raise exception 'queue "%": there is no parameter "%" that can be set', x_queue_name, x_param_name
            using errcode = 'invalid_parameter_value',
                  hint = 'Parameters: ticker_max_count, ticker_max_lag, ticker_idle_period, ticker_paused, '
                      || 'rotation_period, external_ticker.';
    end if;
    if x_param_value is null then
        raise exception 'queue "%": parameter % must not be null', x_queue_name, x_param_name
            using errcode = 'null_value_not_allowed';
    end if;
    execute format('update pgq.queue set %I = %L where queue_id = $1', 'queue_' || x_param_name, x_param_value)
        using q.queue_id;
    return 1;
end
$$;

create or replace function pgq.tune_storage(i_queue_name text) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
-- Sets the storage options of a queue's event tables. Their rows are never updated, and are removed by TRUNCATE:
-- pages are filled completely, and autovacuum has nothing to do.
-- Returns 1, or 0 if there is no such queue.
-- Locks: SHARE UPDATE EXCLUSIVE on each event table that is not set so yet.
declare
    q record;
begin
    select queue_data_pfx, queue_ntables into q from pgq.queue where queue_name = i_queue_name;
    if not found then
        return 0;
    end if;
    for i in 0 .. q.queue_ntables - 1 loop
        perform pgq._set_storage(q.queue_data_pfx || '_' || i, array['fillfactor=100', 'autovacuum_enabled=off']);
    end loop;
    return 1;
end
$$;

create or replace function pgq._set_storage(i_table text, i_options text[]) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- Sets those storage options of a table (with autovacuum_enabled also of its TOAST table) that it does not have yet.
-- i_options   each 'name=value'
-- Returns 1 if something was changed, 0 if all were set.
-- Locks: SHARE UPDATE EXCLUSIVE on the table, if something has to be changed.
begin
    if (select coalesce(reloptions, '{}') @> i_options from pg_class where oid = i_table::regclass) then
        return 0;
    end if;
    execute format('alter table %s set (%s)', i_table::regclass, array_to_string(i_options, ', '));
    if 'autovacuum_enabled=off' = any (i_options) then
        execute format('alter table %s set (toast.autovacuum_enabled=off)', i_table::regclass);
    end if;
    return 1;
end
$$;
