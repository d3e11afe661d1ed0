-- Triggers of replicated tables: saved and dropped on the subscriber, because rows arrive as the provider's triggers left them.

create or replace function londiste.enable_trigger(tab oid, trigger_name name, enabled "char")
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The statement that sets a trigger to this enabled state. Locks: none.
  select format('alter table %s %s trigger %I', tab::regclass,
                case enabled when 'O' then 'enable' when 'D' then 'disable' when 'A' then 'enable always' else 'enable replica' end,
                trigger_name)
$$;

create or replace function londiste.find_table_triggers(table_name text)
returns table (trigger_name text, trigger_def text) language sql stable
set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
-- The user-created triggers of a table, each with the statements that create it, enable it as it is enabled here and in
-- each partition, and comment it: not those of constraints, not those that a partition has from its root, and not those of
-- londiste and PgQ. A trigger's dependency on an extension is not included. For standard_conforming_strings see
-- londiste.find_table_fkeys(). Locks: none.
  select t.tgname::text,
         concat_ws('; ',
           pg_get_triggerdef(t.oid),
           case when t.tgenabled <> 'O' then londiste.enable_trigger(t.tgrelid, t.tgname, t.tgenabled) end,
           -- enabling a trigger does so in all partitions below: so from the root down, only where the state differs from the table above
           (select string_agg(londiste.enable_trigger(c.tgrelid, t.tgname, c.tgenabled), '; ' order by c.depth, c.tgrelid)
              from (select c.*, (select count(*) from pg_partition_ancestors(c.tgrelid)) as depth
                      from londiste.tree(t.tgrelid) as part
                      join pg_trigger c on c.tgrelid = part.member
                      join pg_trigger above on above.oid = c.tgparentid
                     where c.tgname = t.tgname and c.tgenabled <> above.tgenabled) as c),
           format('comment on trigger %I on %s is ', t.tgname, t.tgrelid::regclass) || quote_literal(obj_description(t.oid, 'pg_trigger')),
           format('comment on constraint %I on %s is ', t.tgname, t.tgrelid::regclass) || quote_literal(obj_description(t.tgconstraint, 'pg_constraint')))
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
-- Saves the definitions of a table's triggers, and of its partitions' own triggers, and drops them, in the caller's transaction.
-- Returns how many. Errors: 42P01 no such table. Locks: ACCESS EXCLUSIVE on each table that has any.
#variable_conflict use_column
declare
  tab      oid  := londiste.get_table(subscriber_drop_triggers.table_name);
  t        record;
  dropped  integer := 0;
begin
  for t in
    select part.member, m.name, f.*
      from londiste.tree(tab) as part
     cross join londiste.fqname(part.member) as m (name)
     cross join londiste.find_table_triggers(m.name) as f
     where part.member = tab or part.partitioned
  loop
    insert into londiste.subscriber_pending_triggers (table_name, trigger_name, trigger_def)
      values (t.name, t.trigger_name, t.trigger_def)
      on conflict (table_name, trigger_name) do update set trigger_def = excluded.trigger_def;
    execute format('drop trigger %I on %s', t.trigger_name, t.member::regclass);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

create or replace function londiste.subscriber_restore_triggers(table_name text, trigger_name text default null)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
-- Restores pending triggers of a table and its partitions: all, or those of one name. One that cannot be created stays
-- pending, with a warning that gives the reason.
-- Returns how many were restored. Errors: 42P01 no such table; 42704 the named trigger is not pending.
-- Locks: SHARE ROW EXCLUSIVE on the tables.
#variable_conflict use_column
declare
  name      text := londiste.canonical(subscriber_restore_triggers.table_name);
  t         record;
  found_any boolean := false;
  restored  integer := 0;
begin
  for t in
    select p.*, part.member
      from londiste.tree(londiste.get_table(name)) as part
      join londiste.subscriber_pending_triggers p on p.table_name = londiste.fqname(part.member)
     where p.trigger_name = coalesce(subscriber_restore_triggers.trigger_name, p.trigger_name)
     order by p.table_name, p.trigger_name for update of p
  loop
    found_any := true;
    begin
      if not exists (select from pg_trigger where tgrelid = t.member and tgname = t.trigger_name) then
        execute t.trigger_def;
      end if;
      delete from londiste.subscriber_pending_triggers p where p.table_name = t.table_name and p.trigger_name = t.trigger_name;
      restored := restored + 1;
    exception when others then
      raise warning 'trigger % of table % stays pending: %', t.trigger_name, t.table_name, sqlerrm;
    end;
  end loop;
  if not found_any and subscriber_restore_triggers.trigger_name is not null then
    raise exception 'table % has no pending trigger %', name, subscriber_restore_triggers.trigger_name using errcode = 'undefined_object';
  end if;
  return restored;
end
$$;
