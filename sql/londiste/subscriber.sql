-- The tables that the subscriber replicates.

create or replace function londiste.lock_tables(queue text, alone boolean)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Prevents tables of a queue from changing their owner (replay or catch-up) while a batch is applied: the replay shares this lock from the moment it
-- reads the tables' states until its commit; a session that takes a table to or from the replay holds it alone.
--   queue   name of the provider's queue
--   alone   true: wait for running batches, and block new ones; false: share
-- Locks: an advisory lock for the transaction.
begin
  if alone then
    perform pg_advisory_xact_lock(hashtext('londiste.subscriber_table'), hashtext(queue));
  else
    perform pg_advisory_xact_lock_shared(hashtext('londiste.subscriber_table'), hashtext(queue));
  end if;
end
$$;

create or replace function londiste.set_state(queue text, table_name text, from_state text, to_state text, reason text)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Changes the state of a table, unless another session has changed it since it was read. Every change of a state is made
-- by this function; class TableLife lists them.
--   queue        name of the provider's queue
--   table_name   written name
--   from_state   the state from which it is changed; null: new
--   to_state     null (new), in-copy, catching-up, wanna-sync:TICK, do-sync:TICK or ok
--   reason       why the table is stopped; null: it is not
-- Returns whether the table was in state from_state and now is in to_state; false also if it is not registered.
-- Errors: 22023 there is no such state.
-- Locks: the table's row in londiste.subscriber_table.
#variable_conflict use_column
begin
  if to_state !~ '^(in-copy|catching-up|(wanna|do)-sync:[0-9]+|ok)$' then
    raise exception 'no such table state: %', to_state using errcode = 'invalid_parameter_value';
  end if;
  update londiste.subscriber_table as t set merge_state = to_state, reason = set_state.reason
    where t.queue_name = queue and t.table_name = londiste.canonical(set_state.table_name)
      and t.merge_state is not distinct from from_state;
  return found;
end
$$;

create or replace function londiste.subscriber_add_table(queue text, table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Registers a table to be replicated; the replay's process then copies it.
--   queue        name of the provider's queue
--   table_name   written name
-- Returns 1 if the table is new, 0 if it was registered (its state stays). Errors: 42P01 no such table. Notifies channel
-- londiste_table, the payload is the queue.
-- Locks: none.
#variable_conflict use_column
declare
  name   text := londiste.canonical(subscriber_add_table.table_name);
  added  integer;
begin
  perform londiste.get_table(name);
  insert into londiste.subscriber_table (queue_name, table_name) values (queue, name)
    on conflict (queue_name, table_name) do nothing;
  get diagnostics added = row_count;
  perform pg_notify('londiste_table', queue);
  return added;
end
$$;

create or replace function londiste.subscriber_remove_table(queue text, table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Ends the replication of a table. Its rows stay; its guard is removed; its triggers are restored. Its foreign keys are not, since checking
-- rows may take long: the replay, or the command, restores those that can be restored afterwards.
--   queue        name of the provider's queue
--   table_name   written name; the table itself may have been dropped
-- Returns 1. Errors: 42704 the table is not registered.
-- Locks: londiste.lock_tables(); as londiste.subscriber_restore_triggers().
#variable_conflict use_column
declare
  name text := londiste.canonical(subscriber_remove_table.table_name);
begin
  perform londiste.lock_tables(queue, true);
  delete from londiste.subscriber_table as t where t.queue_name = queue and t.table_name = name;
  if not found then
    raise exception 'table % is not registered on the subscriber, queue "%"', name, queue using errcode = 'undefined_object';
  end if;
  delete from londiste.copy_progress as c where c.queue_name = queue and c.table_name = name;
  perform londiste.subscriber_drop_guard(queue, name);
  if londiste.find_table(name) is not null then
    perform londiste.subscriber_restore_triggers(name);
  end if;
  return 1;
end
$$;

create or replace function londiste.subscriber_resync_table(queue text, table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Has a table that is in sync or stopped copied again. Its triggers are saved and dropped, as when it was
-- added: they should not fire for copied rows.
--   queue        name of the provider's queue
--   table_name   written name
-- Returns 1. Errors: 42704 the table is not registered; 55000 it is being copied or catching up; 42P01 no such table. Notifies
-- channel londiste_table, the payload is the queue.
-- Locks: londiste.lock_tables(); ACCESS EXCLUSIVE on the table if it has triggers.
#variable_conflict use_column
declare
  name  text := londiste.canonical(subscriber_resync_table.table_name);
  t     record;
begin
  perform londiste.lock_tables(queue, true);
  select merge_state, reason into t
    from londiste.subscriber_table as s where s.queue_name = queue and s.table_name = name for update;
  if not found then
    raise exception 'table % is not registered on the subscriber, queue "%"', name, queue using errcode = 'undefined_object';
  end if;
  if t.merge_state is distinct from 'ok' and t.reason is null then
    raise exception 'table % is on its way already: %', name, coalesce(t.merge_state, 'NEW')
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  perform londiste.subscriber_drop_triggers(name);
  perform londiste.set_state(queue, name, t.merge_state, null, null);
  delete from londiste.copy_progress as c where c.queue_name = queue and c.table_name = name;
  perform pg_notify('londiste_table', queue);
  return 1;
end
$$;

create or replace function londiste.subscriber_unlogged(queue text)
returns table (table_name text) language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The tables of a queue that are, or have a part that is, unlogged, so that a crash of the server empties them. Begins with the unlogged
-- tables of the database, which are few: it is called repeatedly. Locks: none.
  with recursive unlogged (member) as (
    select oid from pg_class where relpersistence = 'u' and relkind in ('r', 'p') and relnamespace <> 'londiste'::regnamespace
     union
    select i.inhparent from unlogged join pg_inherits as i on i.inhrelid = unlogged.member)
  select s.table_name from unlogged join londiste.subscriber_table as s on s.table_name = londiste.fqname(unlogged.member)
   where s.queue_name = queue
$$;

create or replace function londiste.subscriber_get_table_list(queue text)
returns table (table_name text, merge_state text, reason text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The tables of a queue that are replicated here and their states, in the order in which they were registered. Locks: none.
  select t.table_name, t.merge_state, t.reason
    from londiste.subscriber_table as t where t.queue_name = queue order by t.nr
$$;
