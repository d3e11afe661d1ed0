-- Consumers and their positions in a queue.

create or replace function pgq.register_consumer_at(x_queue_name text, x_consumer_name text, x_tick_pos bigint) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Registers a consumer at a tick, or moves one that is registered.
-- x_tick_pos   the tick after which its events begin; null: the last one (a registered consumer then keeps its position)
-- Returns 1 if it is new, 0 if it was registered. Moving a consumer abandons its open batch.
-- Errors: 22004 a name is null; 42704 no such queue; P0002 no such tick; 55000 the queue belongs to another cluster.
-- Locks: the queue's row for share, so that rotation cannot delete the tick meanwhile.
declare
    q           pgq.queue := pgq._get_queue(x_queue_name);
    v_consumer  integer;
    v_tick      bigint := x_tick_pos;
begin
    if x_consumer_name is null then
        raise exception 'queue "%": consumer name must not be null', x_queue_name using errcode = 'null_value_not_allowed';
    end if;
    perform pgq._require_cluster(q.queue_id);
    perform from pgq.queue where queue_id = q.queue_id for share;
    if v_tick is null then
        select max(tick_id) into v_tick from pgq.tick where tick_queue = q.queue_id;
    elsif not exists (select from pgq.tick where tick_queue = q.queue_id and tick_id = v_tick) then
        raise exception 'queue "%" has no tick %: consumer "%" cannot be put there', x_queue_name, v_tick, x_consumer_name
            using errcode = 'no_data_found',
                  detail = (select format('Existing ticks: %s to %s.', min(tick_id), max(tick_id))
                            from pgq.tick where tick_queue = q.queue_id);
    end if;

    insert into pgq.consumer (co_name)
    select x_consumer_name where not exists (select from pgq.consumer where co_name = x_consumer_name)
    on conflict (co_name) do nothing;
    select co_id into v_consumer from pgq.consumer where co_name = x_consumer_name for key share;

    insert into pgq.subscription (sub_queue, sub_consumer, sub_last_tick)
    select q.queue_id, v_consumer, v_tick
    where not exists (select from pgq.subscription where sub_queue = q.queue_id and sub_consumer = v_consumer)
    on conflict (sub_queue, sub_consumer) do nothing;
    if found then
        return 1;
    end if;
    if x_tick_pos is not null then
        update pgq.subscription
        set sub_last_tick = x_tick_pos, sub_batch = null, sub_next_tick = null, sub_active = now()
        where sub_queue = q.queue_id and sub_consumer = v_consumer;
    end if;
    return 0;
end
$$;

create or replace function pgq.register_consumer(x_queue_name text, x_consumer_id text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Registers a consumer at the end of a queue: it gets all events from now on.
-- Returns 1 if it is new, 0 if it was already registered.
-- Errors: 22004 a name is null; 42704 no such queue.
begin
    return pgq.register_consumer_at(x_queue_name, x_consumer_id, null);
end
$$;

create or replace function pgq.unregister_consumer(x_queue_name text, x_consumer_name text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Unregisters a consumer from a queue, and deletes its events that wait to be retried.
-- Returns the number of subscriptions removed: 0 if there is no such queue, consumer or registration.
declare
    v_sub       integer;
    v_consumer  integer;
begin
    delete from pgq.subscription
    using pgq.queue, pgq.consumer
    where sub_queue = queue_id and sub_consumer = co_id
      and queue_name = x_queue_name and co_name = x_consumer_name
    returning sub_id, sub_consumer into v_sub, v_consumer;
    if not found then
        return 0;
    end if;
    delete from pgq.retry_queue where ev_owner = v_sub;

    -- The name is deleted with its last registration. It is locked first: a session that registers it elsewhere now keeps it.
    perform from pgq.consumer where co_id = v_consumer for update;
    delete from pgq.consumer
    where co_id = v_consumer and not exists (select from pgq.subscription where sub_consumer = v_consumer);
    return 1;
end
$$;
