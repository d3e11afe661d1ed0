-- Maintenance of capture: brings functions and triggers up to date, and notices when changes may have been missed.

create or replace function londiste.has_older_rows(member oid, function_name text)
returns boolean language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Whether a table has rows from before it got its trigger for a capture function, or has no such trigger and any
-- row: these rows were not captured. Locks: none.
declare
  t          record;
  found_any  boolean;
begin
  if not has_table_privilege(member, 'select') then
    raise warning 'role % may not read table %: rows that it had before it became part of a captured table are not noticed',
      current_user, member::regclass;
    return false;
  end if;
  select xmin, cmin::text::bigint as command into t from pg_trigger
    where tgrelid = member and tgfoid = to_regprocedure(format('londiste.%I()', function_name)) order by age(xmin) limit 1;
  execute format('select exists (select from only %s where $1 is null or age(xmin) > age($1) or xmin = $1 and cmin::text::bigint < $2)',
                 member::regclass) into found_any using t.xmin, t.command;
  return found_any;
end
$$;

create or replace function londiste.has_rows(relation oid)
returns boolean language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Whether a table itself has any row; null if there is no such table, or this role may not read it. Locks: none.
declare
  found_any  boolean;
begin
  if has_table_privilege(relation, 'select') then
    execute format('select exists (select from only %s)', relation::regclass) into found_any;
  end if;
  return found_any;
end
$$;

create or replace function londiste.capture_gap(p londiste.provider_table, tab oid)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- Why changes of a captured table may not have been captured since londiste.refresh_capture() last ran, even if the
-- cause has gone since; null if nothing indicates that. Not noticed: a capture function that was replaced and put back in the meantime.
--   p     the table's registration
--   tab   the table that has its name now
-- Locks: none.
  with found_ as (select t.tgrelid, t.tgname from londiste.triggers_of('capture_' || p.nr) as t),
       wanted as (select w.trigger_name from londiste.capture_triggers(p.trigger_name, tab) as w
                   where w.relation = tab and w.trigger_name !~ '_[btr]$'),
       present as (select t.member from londiste.tree(tab) as t where t.leaf),
       state as materialized (select * from londiste.capture_state(p.nr, tab)),
       marks as materialized (select unnest(londiste.capture_marks(p.nr, tab)) as mark),
       lost as (select mark from unnest(p.marks) as mark
                 where mark not in (select m.mark from marks as m) and exists (select from marks as m where m.mark = any (p.marks) and m.mark like 'cluster %'))
  select case
    when p.relation is null then null
    when p.relation <> tab then 'another table has its name now'
    when not exists (select from found_ where tgrelid = tab and tgname <> p.trigger_name || '_r') then 'its capture triggers were dropped'
    when exists (select from pg_inherits where inhrelid = tab) and exists (select from found_ where tgname = p.trigger_name || '_i')
      then format('it has become a part of table %s', (select string_agg(londiste.fqname(inhparent), ', ') from pg_inherits where inhrelid = tab))
    when exists (select from wanted where trigger_name in (select tgname from found_ where tgrelid = tab))
     and exists (select from wanted where trigger_name not in (select tgname from found_ where tgrelid = tab))
      then 'some of its capture triggers were dropped'
    else coalesce(
      (select format('table %s is unlogged: PostgreSQL empties it after a crash; make it logged (alter table %1$s set logged)',
                     londiste.unlogged_part(tab)) from pg_class where oid = tab and londiste.unlogged_part(tab) is not null),
      (select format('capture trigger %s of table %s is disabled', quote_ident(trigger_name), londiste.fqname(relation)) from state
        where enabled = 'D' or enabled = 'R' and mode <> 'R' order by 1 limit 1),
      -- a table that has left the tree took its triggers with it
      (select format('capture triggers of table %s were disabled, or dropped and made again', londiste.fqname(relation))
         from (select split_part(mark, ' ', 2)::oid from lost where mark like 'trigger %') as l (relation)
        where relation in (select member from londiste.tree(tab)) order by 1 limit 1),
      (select 'its capture function was altered' from lost where mark like 'function %' limit 1),
      (select format('table %s, which had rows before, has become a part of it', londiste.fqname(member)) from present
        where member <> all (p.members) and londiste.has_older_rows(member, 'capture_' || p.nr) limit 1),
      (select case when c.oid is null then 'a table that was a part of it was dropped'
                   else format('table %s, which has rows, is not a part of it any more', londiste.fqname(c.oid)) end
         from unnest(p.members) as m left join pg_class as c on c.oid = m
        where m not in (select member from present) and coalesce(londiste.has_rows(c.oid), true) limit 1))
    end
$$;

create or replace function londiste.refresh_capture(queue text, table_name text, thorough boolean default true)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Brings functions and triggers of a captured table up to date with the table: they are made if they are missing,
-- changed if the table has changed, enabled if they are not, and left unchanged otherwise. If changes may have been missed
-- meanwhile, an event londiste.missed-changes gives the reason: subscribers stop the table until it is copied again.
--   thorough   check the functions even if nothing has changed since they were made: another role may have changed them
-- Returns how many functions and triggers were made, dropped or enabled; the functions of a table count as one.
-- Errors: 42P01 no such table. Locks: SHARE ROW EXCLUSIVE on a relation that gets a trigger, or has one enabled, for the transaction.
#variable_conflict use_column
declare
  tab      oid := londiste.get_table(refresh_capture.table_name);
  p        londiste.provider_table;
  fname    text;
  print    text;
  gap      text;
  changed  integer := 0;
begin
  select * into strict p from londiste.provider_table as t
    where t.queue_name = queue and t.table_name = refresh_capture.table_name for update;
  fname := 'capture_' || p.nr;
  print := londiste.capture_print(queue, refresh_capture.table_name, tab);
  gap := londiste.capture_gap(p, tab);
  if thorough or gap is not null or p.capture is distinct from print or to_regprocedure(format('londiste.%I()', fname)) is null then
    changed := londiste.make_capture(queue, refresh_capture.table_name, tab, fname, londiste.capture_is_row_level(tab), gap is not null)::integer;
    if not londiste.capture_is_row_level(tab) then
      changed := greatest(changed, londiste.make_capture(queue, refresh_capture.table_name, tab, fname || '_replica', true, gap is not null)::integer);
    end if;
    update londiste.provider_table as t set capture = print where t.nr = p.nr;
  end if;
  changed := changed + londiste.make_capture_triggers(p, tab);
  if gap is not null then
    perform londiste.write_event(queue, 'londiste.missed-changes', gap, refresh_capture.table_name);
    raise warning 'changes of table % may not have been captured: %', refresh_capture.table_name, gap;
  end if;
  update londiste.provider_table as t
     set relation = tab, members = now_.members, marks = now_.marks
    from (select array(select m.member from londiste.tree(tab) as m where m.leaf order by 1), londiste.capture_marks(p.nr, tab)) as now_ (members, marks)
   where t.nr = p.nr and (t.relation, t.members, t.marks) is distinct from (tab, now_.members, now_.marks);
  return changed;
end
$$;

create or replace function londiste.capture_problems(queue text)
returns table (table_name text, severity text, problem text) language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- What is wrong with the capture of a queue's tables now; whether it changes anything is decided by londiste.refresh_capture().
--   severity   error: changes may have been missed; risk: some changes would be missed
-- Locks: none.
  select p.table_name, 'error', format('changes on the provider may not have been captured: %s; maintenance stops the table', gap)
    from londiste.provider_table as p
   cross join lateral (select londiste.find_table(p.table_name)) as t (tab)
   cross join lateral (select londiste.capture_gap(p, t.tab)) as g (gap)
   where p.queue_name = queue and t.tab is not null and gap is not null
   union all
  select p.table_name, 'risk', format('sessions with session_replication_role = replica, such as those of logical subscriptions,'
           ' are not captured: role %s does not own table %s; make it a member of the owner, and run provider add again',
           current_user, (select min(londiste.fqname(member)) from londiste.tree(t.tab) where not londiste.owns(member)))
    from londiste.provider_table as p
   cross join lateral (select londiste.find_table(p.table_name)) as t (tab)
   where p.queue_name = queue and exists (select from londiste.tree(t.tab) where not londiste.owns(member))
$$;

create or replace function londiste.maint_capture(queue text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp set lock_timeout = '2s'
as $$
-- Brings the capture of a queue's tables up to date: after a table was altered, and for partitions that were added (rows of
-- those are captured at once; a TRUNCATE of one by itself only after this). To be called periodically: PgQ's maintenance
-- does, see londiste.register_maintenance(). Tables that do not exist any more are skipped; one that cannot be
-- refreshed now, usually because a lock cannot be acquired, is left for the next time, with a warning that gives the reason.
-- Returns how many functions and triggers were made or dropped.
-- Locks: none if there is nothing to do; otherwise see londiste.refresh_capture(), waiting for 2 seconds at most.
declare
  name     text;
  changed  integer := 0;
begin
  for name in
    select p.table_name from londiste.provider_table as p
     where p.queue_name = queue and londiste.find_table(p.table_name) is not null
     order by p.nr
  loop
    begin
      changed := changed + londiste.refresh_capture(queue, name, false);
    exception when others then
      raise warning 'capture of table % into queue % is not refreshed: %', name, queue, sqlerrm;
    end;
  end loop;
  return changed;
end
$$;

create or replace function londiste.maint_capture()
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Brings the capture of all registered tables up to date, like londiste.maint_capture(queue).
-- Returns how many functions and triggers were made or dropped. Locks: see londiste.maint_capture(queue).
begin
  return coalesce((select sum(londiste.maint_capture(q.queue_name)) from pgq.queue as q), 0);
end
$$;

create or replace function londiste.register_maintenance(queue text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Has PgQ's maintenance call londiste.maint_capture(queue) as long as tables are captured into a queue. Only with this project's PgQ:
-- the original's daemon may run as a role that has no right on schema londiste, and its maintenance would fail.
-- Locks: the queue's row, if something changes.
declare
  wanted   boolean := exists (select from londiste.provider_table as p where p.queue_name = queue);
begin
  if to_regprocedure('pgq.implementation()') is not null then
    update pgq.queue as q
       set queue_extra_maint = case when wanted then array_append(q.queue_extra_maint, 'londiste.maint_capture')
                                    else array_remove(q.queue_extra_maint, 'londiste.maint_capture') end
     where q.queue_name = queue and wanted <> ('londiste.maint_capture' = any (coalesce(q.queue_extra_maint, '{}')));
  end if;
end
$$;
