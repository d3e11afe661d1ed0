-- The cluster that the queues belong to. Ticks, events and rotation marks hold transaction ids, and those of one
-- cluster mean nothing in another: a queue that was restored from a dump elsewhere would lose events and repeat others.

create or replace function pgq._cluster_print() returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The oids of PgQ's own tables. pg_upgrade keeps them, and transaction ids with them; a dump keeps neither.
select string_agg(relname || ' ' || oid, ', ' order by relname)
from pg_class
where relnamespace = 'pgq'::regnamespace
  and relname in ('consumer', 'queue', 'tick', 'subscription', 'event_template', 'retry_queue');
$$;

create or replace function pgq._ids_ahead(i_queue_id integer) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- Which part of a queue holds transaction ids that this server has not assigned yet; null if none does.
select format('%s of queue "%s" has transaction id %s, and this server is only at %s', what, queue_name, txid, here)
from (
    select q.queue_name, 'tick ' || t.tick_id as what, txid_snapshot_xmax(t.tick_snapshot) as txid
    from pgq.queue q
    cross join lateral (select * from pgq.tick where tick_queue = q.queue_id order by tick_id desc limit 1) t
    where q.queue_id = i_queue_id
    union all
    select queue_name, 'the last rotation', greatest(queue_switch_step1, queue_switch_step2)
    from pgq.queue
    where queue_id = i_queue_id) ids
cross join (select txid_snapshot_xmax(txid_current_snapshot()) as here) now
-- a rotation, or a tick, of this very transaction has the next id at most
where txid > here + 1
limit 1;
$$;

create or replace function pgq._refuse_cluster(i_reason text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Raises the error of queues that belong to another cluster.
-- Errors: 55000 always.
begin
    raise exception 'the queues of database "%" belong to another database cluster: %', current_database(), i_reason
        using errcode = 'object_not_in_prerequisite_state',
              hint = 'They were probably brought here by dump and restore. Adopt them with'
                     ' "londiste CONFIG provider adopt" (or pgq.adopt_queues()); unread events are dropped.';
end
$$;

create or replace function pgq._require_cluster(i_queue_id integer) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
-- Checks that the transaction ids of a queue (null: of no particular queue) are those of this cluster. A cluster that
-- pg_upgrade has made continues with the ids of the old one, and is recorded as the new one.
-- Errors: 55000 the queues were brought here from another cluster.
-- Locks: the row of pgq.cluster after pg_upgrade; otherwise none.
declare
    v_here   bigint := (select system_identifier from pg_control_system());
    v_known  record;
    v_ahead  text := pgq._ids_ahead(i_queue_id);
begin
    select * into v_known from pgq.cluster;
    if v_ahead is not null then
        perform pgq._refuse_cluster(v_ahead);
    elsif v_known.system_identifier = v_here then
        return;
    elsif v_known.print is distinct from pgq._cluster_print() then
        perform pgq._refuse_cluster(format('system identifier %s, here it is %s', v_known.system_identifier, v_here));
    end if;
    update pgq.cluster set system_identifier = v_here;
end
$$;

create or replace function pgq.adopt_queues() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
-- Makes queues usable that were restored here from another cluster: drops their ticks and events, begins again with a
-- first tick, and puts all consumers there. Events that consumers had not read are lost to them; events that wait to be retried
-- stay. The capture of Londiste's tables is brought up to date by londiste.maint_capture().
-- Returns the number of queues; 0 if they already belong to this cluster; then nothing was changed.
-- Errors: 55P03 another session used an event table for longer than the lock timeout.
-- Locks: pgq.tick EXCLUSIVE, event tables ACCESS EXCLUSIVE: writers wait until the end of the transaction.
declare
    q         record;
    v_table   text;
    v_dropped bigint;
    v_count   integer := 0;
begin
    lock table pgq.tick in exclusive mode;
    begin
        perform pgq._require_cluster(queue_id) from pgq.queue;
        perform pgq._require_cluster(null);
        return 0;
    exception
        when object_not_in_prerequisite_state then
            null; -- expected: the queues belong to another cluster
    end;
    for q in select * from pgq.queue order by queue_id for update loop
        for v_table in select q.queue_data_pfx || '_' || i from generate_series(0, q.queue_ntables - 1) i loop
            execute format('lock table %s in access exclusive mode', v_table);
            execute format('truncate %s', v_table);
        end loop;
        delete from pgq.tick where tick_queue = q.queue_id;
        insert into pgq.tick (tick_queue, tick_id, tick_time, tick_snapshot, tick_event_seq)
        values (q.queue_id, nextval(q.queue_tick_seq::regclass), clock_timestamp(), txid_current_snapshot(),
                coalesce(pg_sequence_last_value(q.queue_event_seq::regclass), 0));
        update pgq.subscription
        set sub_last_tick = (select max(tick_id) from pgq.tick where tick_queue = q.queue_id),
            sub_batch = null, sub_next_tick = null, sub_active = now()
        where sub_queue = q.queue_id;
        update pgq.queue
        set queue_switch_step1 = txid_current(), queue_switch_step2 = txid_current(), queue_switch_time = clock_timestamp()
        where queue_id = q.queue_id;
        v_count := v_count + 1;
    end loop;
    update pgq.cluster
    set system_identifier = (select system_identifier from pg_control_system()), print = pgq._cluster_print();
    return v_count;
end
$$;

-- An installation from before pgq.cluster existed is taken to belong to this cluster unless its ids say otherwise;
-- pgq._require_cluster() finds such queues at every call.
insert into pgq.cluster (system_identifier, print)
select system_identifier, pgq._cluster_print() from pg_control_system()
where not exists (select from pgq.cluster);
