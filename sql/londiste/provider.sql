-- The tables that the provider replicates.

create or replace function londiste.capture_name(queue text)
returns text language sql immutable strict
set search_path = pg_catalog, pg_temp
as $$
-- The common part of the names of a queue's capture triggers: <queue>_logger, in lower case, with _ for every character that is not
-- a letter, digit or _. Locks: none.
  select left(regexp_replace(lower(queue), '[^a-z0-9_]', '_', 'g'), 50) || '_logger'
$$;

create or replace function londiste.check_capture(queue text, table_name text)
returns void language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Checks that a table can be captured into a queue.
-- Errors: 42704 no such queue; 42P01 no such table; 42P16 no primary key, unlogged, or already captured with another table's tree;
-- 42710 another queue's triggers have the names that this one's would have; 42501 a right is missing. Locks: none.
declare
  tab    oid;
  other  text;
  namesake  londiste.provider_table;
  q      record;
begin
  select queue_data_pfx || '_' || queue_cur_table as events, queue_event_seq as ids into q from pgq.queue as queues where queues.queue_name = queue;
  if not found then
    raise exception 'queue "%" does not exist in database %', queue, current_database() using errcode = 'undefined_object';
  end if;
  tab := londiste.get_table(table_name);
  if londiste.key_columns(tab) = '{}' then
    raise exception 'table % has no primary key', table_name using errcode = 'invalid_table_definition';
  elsif londiste.unlogged_part(tab) is not null then
    raise exception 'table % is unlogged: PostgreSQL empties it after a crash, which cannot be captured', londiste.unlogged_part(tab)
      using errcode = 'invalid_table_definition', hint = format('alter table %s set logged', londiste.unlogged_part(tab));
  end if;
  with recursive above (member) as (
    select inhparent from pg_inherits where inhrelid = tab
     union
    select i.inhparent from above join pg_inherits i on i.inhrelid = above.member)
  select p.table_name into other
    from (select member from above union select member from londiste.tree(tab) where member <> tab) as relatives
    join londiste.provider_table p on p.table_name = londiste.fqname(relatives.member)
   where p.queue_name = queue
   limit 1;
  if found then
    raise exception 'table % belongs to the tree of table %, which is captured as a whole', table_name, other
      using errcode = 'invalid_table_definition';
  end if;
  select p.* into namesake
    from londiste.tree(tab) as part
    join pg_trigger t on t.tgrelid = part.member
    join pg_proc f on f.oid = t.tgfoid and f.pronamespace = 'londiste'::regnamespace
    join londiste.provider_table p on f.proname in ('capture_' || p.nr, 'capture_' || p.nr || '_replica')
   where p.queue_name <> queue and p.trigger_name = londiste.capture_name(queue)
   limit 1;
  if found then
    raise exception 'table % is captured into queue "%" already, whose triggers have the same names as those of queue "%" would have (%)',
      namesake.table_name, namesake.queue_name, queue, namesake.trigger_name
      using errcode = 'duplicate_object', hint = 'Use a queue whose name differs in more than upper case and special characters.';
  end if;
  if not has_table_privilege(tab, 'select') then
    raise exception 'role % may not read table % in database %: it needs SELECT on it', current_user, table_name, current_database()
      using errcode = 'insufficient_privilege';
  end if;
  if not (has_table_privilege(q.events, 'insert') and has_sequence_privilege(q.ids, 'usage')) then
    raise exception 'role % may not write events of queue "%" in database %: it needs INSERT on % (role pgq_admin has it)',
      current_user, queue, current_database(), q.events using errcode = 'insufficient_privilege';
  end if;
end
$$;

create or replace function londiste.provider_add_table(queue text, table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Registers a table and captures its changes into a queue from now on. A table that is already registered gets
-- its capture refreshed.
--   queue        name of the queue
--   table_name   written name
-- Returns 1 if the table is new, 0 if it was registered.
-- Errors: 42704 no such queue; 42P01 no such table; 42P16 no primary key, unlogged, or captured with another table's tree; 42501 missing right.
-- Locks: SHARE ROW EXCLUSIVE on the table (and its partitions) if a trigger is made.
#variable_conflict use_column
declare
  name   text := londiste.canonical(provider_add_table.table_name);
  added  integer;
begin
  perform londiste.check_capture(queue, name);
  insert into londiste.provider_table (queue_name, table_name, trigger_name)
    values (queue, name, londiste.capture_name(queue))
    on conflict (queue_name, table_name) do nothing;
  get diagnostics added = row_count;
  perform londiste.refresh_capture(queue, name);
  perform londiste.register_maintenance(queue);
  return added;
end
$$;

create or replace function londiste.provider_remove_table(queue text, table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Ends the capture of a table and informs the subscribers by an event londiste.remove-table.
--   queue        name of the queue
--   table_name   written name; the table itself may have been dropped
-- Returns 1. Errors: 42704 the table is not registered. Locks: ACCESS EXCLUSIVE on the table, to drop the triggers.
#variable_conflict use_column
declare
  name  text := londiste.canonical(provider_remove_table.table_name);
  id    integer;
begin
  delete from londiste.provider_table as t where t.queue_name = queue and t.table_name = name returning t.nr into id;
  if not found then
    raise exception 'table % is not registered on the provider, queue "%"', name, queue using errcode = 'undefined_object';
  end if;
  perform londiste.drop_capture('capture_' || id);
  perform londiste.register_maintenance(queue);
  if exists (select from pgq.queue as queues where queues.queue_name = queue) then
    perform londiste.write_event(queue, 'londiste.remove-table', name, name);
  end if;
  return 1;
end
$$;

create or replace function londiste.drop_capture(function_name text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Drops a captured table's triggers and their functions. Locks: ACCESS EXCLUSIVE on the relations that have the triggers.
declare
  t record;
begin
  for t in
    select tgrelid::regclass as relation, tgname from londiste.triggers_of(function_name)
  loop
    execute format('drop trigger %I on %s', t.tgname, t.relation);
  end loop;
  execute format('drop function if exists londiste.%I(), londiste.%I()', function_name, function_name || '_replica');
end
$$;

create or replace function londiste.provider_get_table_list(queue text)
returns table (table_name text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The tables that are captured into a queue, in the order in which they were registered. Locks: none.
  select t.table_name from londiste.provider_table as t where t.queue_name = queue order by t.nr
$$;
