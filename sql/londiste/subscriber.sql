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

-- A table of the provider is replicated into one table. Here, since tables.sql comes before the upgrade that adds the column.
create unique index if not exists subscriber_table_source on londiste.subscriber_table (queue_name, coalesce(source_table, table_name));

create or replace function londiste.local_table(queue text, source_table text)
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The written name of the subscriber's table into which a table of the provider is replicated; null if it is not. Locks: none.
  select s.table_name from londiste.subscriber_table as s
   where s.queue_name = queue and coalesce(s.source_table, s.table_name) = local_table.source_table
$$;

create or replace function londiste.subscriber_add_table(queue text, table_name text, source_table text default null)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Registers a table to be replicated; the replay's process then copies it.
--   queue         name of the provider's queue
--   table_name    written name on the subscriber, by which all functions know it
--   source_table  written name on the provider; null: the same
-- Returns 1 if the table is new, 0 if it was registered (its state stays). Errors: 42P01 no such table; 42710 the provider's
-- table is replicated into another one. Notifies channel londiste_table, the payload is the queue.
-- Locks: none.
#variable_conflict use_column
declare
  name    text := londiste.canonical(subscriber_add_table.table_name);
  source  text := coalesce(londiste.canonical(subscriber_add_table.source_table), name);
  added   integer;
begin
  perform londiste.get_table(name);
  if londiste.local_table(queue, source) <> name then
    raise exception 'table % of the provider is replicated into % already', source, londiste.local_table(queue, source)
      using errcode = 'duplicate_object';
  end if;
  insert into londiste.subscriber_table (queue_name, table_name, source_table) values (queue, name, nullif(source, name))
    on conflict (queue_name, table_name) do nothing;
  get diagnostics added = row_count;
  perform pg_notify('londiste_table', queue);
  return added;
end
$$;

create or replace function londiste.subscriber_map_table(
  queue text, table_name text, where_sql text, columns text[], set_columns text[], set_sql text[], needs text[],
  operations text[] default null, shard text default null, shard_sql text default null, apply_function text default null,
  partition_column text default null, partition_period text default null, retention text default null)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Declares what a table is replicated as, once, before it is copied: copy, replay, catch-up and compare obey it. To change it,
-- the table has to be removed and added again, since the rows that are there would not fit.
--   queue         name of the provider's queue
--   table_name    written name
--   where_sql     only rows for which this is true; null: all. It and set_sql are run on the provider as they are
--   columns       only these columns; null: all
--   set_columns   columns that have the value of an expression instead of their own; null: none
--   set_sql       the expressions, in the same order
--   needs         the provider's columns that where_sql, shard_sql and set_sql use; null: none
--   operations    only changes by these: insert, update, delete, truncate; null: all
--   shard         only this shard, COLUMN,COLUMN:NUMBER/PARTS; null: all rows
--   shard_sql     only rows for which this is true as well; null: all
--   apply_function   the function to which changes are handed, named as SQL writes it; null: they are written
--   partition_column   makes partitions by ranges of this column when rows need them; null: none
--   partition_period   hour, day, week, month or year: what a partition has
--   retention          drops partitions that are older than this interval; null: none
-- Returns 1. Errors: 42704 the table is not registered; 55000 its copy has begun, or this was declared already;
-- 42809 see londiste.partition_problem().
-- Locks: the table's row in londiste.subscriber_table.
#variable_conflict use_column
declare
  name     text := londiste.canonical(subscriber_map_table.table_name);
  problem  text;
begin
  if not exists (select from londiste.subscriber_table as s where s.queue_name = queue and s.table_name = name) then
    raise exception 'table % is not registered on the subscriber, queue "%"', name, queue using errcode = 'undefined_object';
  end if;
  update londiste.subscriber_table as s
     set nr = default, -- what is declared for a number never changes
         where_sql = subscriber_map_table.where_sql, columns = subscriber_map_table.columns, set_columns = subscriber_map_table.set_columns,
         set_sql = subscriber_map_table.set_sql, needs = subscriber_map_table.needs,
         operations = subscriber_map_table.operations, shard = subscriber_map_table.shard, shard_sql = subscriber_map_table.shard_sql,
         apply_function = subscriber_map_table.apply_function, partition_column = subscriber_map_table.partition_column,
         partition_period = subscriber_map_table.partition_period, retention = subscriber_map_table.retention
   where s.queue_name = queue and s.table_name = name and s.merge_state is null
     and num_nonnulls(s.where_sql, s.columns, s.set_columns, s.operations, s.shard, s.apply_function, s.partition_column) = 0;
  if not found then
    raise exception 'what table % is replicated as cannot be changed: remove it, and add it again', name
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if subscriber_map_table.partition_column is not null then
    problem := londiste.partition_problem(name, subscriber_map_table.partition_column);
    if problem is not null then
      raise exception 'table %: %', name, problem using errcode = 'wrong_object_type';
    end if;
    update londiste.subscriber_table as s set kept_since = londiste.kept_since(queue, null, name)
     where s.queue_name = queue and s.table_name = name;
  end if;
  return 1;
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
