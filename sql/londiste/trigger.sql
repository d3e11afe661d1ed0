-- Triggers of replicated tables: stored and dropped on the subscriber, where rows arrive as their triggers made them.

create or replace function londiste.find_table_triggers(table_name text)
returns table (trigger_name text, trigger_def text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The triggers of a table that users made, each with the statements that make it: not those of constraints, not those
-- a partition has from its root, and none that captures changes for a queue. Locks: none.
  select t.tgname::text,
         pg_get_triggerdef(t.oid)
         || case t.tgenabled when 'O' then '' else
              format('; alter table %s %s trigger %I', t.tgrelid::regclass,
                     case t.tgenabled when 'D' then 'disable' when 'A' then 'enable always' else 'enable replica' end, t.tgname) end
    from pg_trigger t
    join pg_proc p on p.oid = t.tgfoid
    join pg_namespace n on n.oid = p.pronamespace
   where t.tgrelid = londiste.find_table(find_table_triggers.table_name)
     and not t.tgisinternal and t.tgparentid = 0 and n.nspname not in ('londiste', 'pgq')
   order by 1
$$;

create or replace function londiste.subscriber_drop_triggers(table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Stores the definitions of a table's triggers and drops them, in the caller's transaction.
-- Returns how many. Errors: 42P01 no such table. Locks: ACCESS EXCLUSIVE on the table.
#variable_conflict use_column
declare
  name     text := londiste.canonical(subscriber_drop_triggers.table_name);
  tab      oid  := londiste.get_table(name);
  t        record;
  dropped  integer := 0;
begin
  for t in select * from londiste.find_table_triggers(name) loop
    insert into londiste.subscriber_pending_triggers (table_name, trigger_name, trigger_def)
      values (name, t.trigger_name, t.trigger_def)
      on conflict (table_name, trigger_name) do update set trigger_def = excluded.trigger_def;
    execute format('drop trigger %I on %s', t.trigger_name, tab::regclass);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

create or replace function londiste.subscriber_restore_triggers(table_name text, trigger_name text default null)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Restores pending triggers of a table: all, or the one that is named. One that cannot be made stays pending,
-- with a warning that says why.
-- Returns how many were restored. Errors: 42P01 no such table; 42704 the named trigger is not pending.
-- Locks: SHARE ROW EXCLUSIVE on the table.
#variable_conflict use_column
declare
  name      text := londiste.canonical(subscriber_restore_triggers.table_name);
  tab       oid  := londiste.get_table(name);
  t         record;
  found_any boolean := false;
  restored  integer := 0;
begin
  for t in
    select p.* from londiste.subscriber_pending_triggers p
     where p.table_name = name and p.trigger_name = coalesce(subscriber_restore_triggers.trigger_name, p.trigger_name)
     order by p.trigger_name for update
  loop
    found_any := true;
    begin
      if not exists (select from pg_trigger where tgrelid = tab and tgname = t.trigger_name) then
        execute t.trigger_def;
      end if;
      delete from londiste.subscriber_pending_triggers p where p.table_name = name and p.trigger_name = t.trigger_name;
      restored := restored + 1;
    exception when others then
      raise warning 'trigger % of table % stays pending: %', t.trigger_name, name, sqlerrm;
    end;
  end loop;
  if not found_any and subscriber_restore_triggers.trigger_name is not null then
    raise exception 'table % has no pending trigger %', name, subscriber_restore_triggers.trigger_name using errcode = 'undefined_object';
  end if;
  return restored;
end
$$;
