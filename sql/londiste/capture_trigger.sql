-- Capture triggers: which a table has, how they are made, and what shows that one was changed.

create or replace function londiste.owns(relation oid)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether this role has the rights of a relation's owner. Locks: none.
  select pg_has_role(c.relowner, 'usage') from pg_class as c where c.oid = relation
$$;

create or replace function londiste.capture_triggers(base_name text, tab oid)
returns table (relation regclass, trigger_name text, clause text, function_suffix text) language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The triggers that capture a table: their relation, their name, the statements they fire on, and what the name of
-- their function ends with.
--   base_name   the common part of their names
-- Sessions with session_replication_role = replica, among them the workers that apply a logical subscription, are captured as
-- well. Such a worker fires only row triggers (and those of TRUNCATE). A table that is captured by statements therefore has a row
-- trigger that fires only in this role, while its statement triggers do not fire in it; londiste.capture_mode() has the
-- modes. Statement triggers that fire always would miss the workers; row triggers that fire always would capture rows twice.
-- Locks: none.
  select tab::regclass, base_name || suffix, clause, function_suffix
    from (values ('_i', 'after insert on %s referencing new table as londiste_new for each statement', ''),
                 ('_u', 'after update on %s referencing old table as londiste_old new table as londiste_new for each statement', ''),
                 ('_d', 'after delete on %s referencing old table as londiste_old for each statement', ''),
                 ('_t', 'after truncate on %s for each statement', ''),
                 ('_r', 'after insert or update or delete on %s for each row', '_replica')) as v (suffix, clause, function_suffix)
   where not londiste.capture_is_row_level(tab)
   union all
  -- PostgreSQL gives partitions the row triggers of their root automatically, also later ones; inheritance children get none.
  select t.member::regclass, base_name, 'after insert or update or delete on %s for each row', ''
    from londiste.tree(tab) as t
   where londiste.capture_is_row_level(tab) and (t.member = tab or not t.partitioned)
   union all
  select t.member::regclass, base_name || '_b', 'before truncate on %s for each statement', ''
    from londiste.tree(tab) as t
    join pg_class c on c.oid = t.member
   where londiste.is_parent(tab) and (t.member = tab or c.relkind = 'r')
   union all
  select tab::regclass, base_name || '_t', 'after truncate on %s for each statement', ''
    from pg_class where oid = tab and (relkind = 'p' or londiste.capture_is_row_level(tab) and not londiste.is_parent(tab))
$$;

create or replace function londiste.capture_mode(tgtype int2, function_name name)
returns "char" language sql immutable strict
set search_path = pg_catalog, pg_temp
as $$
-- When a capture trigger has to fire, as pg_trigger.tgenabled has it: A in every session, O in ordinary ones, R in those
-- with session_replication_role = replica. Locks: none.
  select case when tgtype & 32 <> 0 then 'A' when tgtype & 1 = 0 then 'O'
              when function_name like '%\_replica' then 'R' else 'A' end::"char"
$$;

create or replace function londiste.triggers_of(function_name text)
returns table (tgrelid oid, tgname name) language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The triggers that call a capture function or its second one, except those that partitions have from their root. Found
-- by what depends on them, since pg_trigger has no index on functions. Locks: none.
  select t.tgrelid, t.tgname
    from pg_depend as d
    join pg_trigger as t on t.oid = d.objid
   where d.classid = 'pg_trigger'::regclass and d.refclassid = 'pg_proc'::regclass
     and d.refobjid in (to_regprocedure(format('londiste.%I()', function_name)), to_regprocedure(format('londiste.%I()', function_name || '_replica')))
     and t.tgparentid = 0
$$;

create or replace function londiste.capture_state(nr integer, tab oid)
returns table (relation oid, trigger_name name, enabled "char", mode "char", mark text) language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The triggers of a table and those below it that call its capture functions, also those that partitions have from
-- their root, and for whom each fires: as it is (enabled) and as it should be (mode). Every ALTER TABLE ... DISABLE or ENABLE TRIGGER
-- that changes something changes the mark, and a trigger that was dropped and made again has another one; a vacuum, or a
-- standby that was promoted, keeps it.
--   nr   the number of the table's registration
-- Locks: none.
  select t.tgrelid, t.tgname, t.tgenabled, londiste.capture_mode(t.tgtype, p.proname), format('trigger %s %s %s', t.tgrelid, t.oid, t.xmin)
    from (values (to_regprocedure(format('londiste.capture_%s()', nr))),
                 (to_regprocedure(format('londiste.capture_%s_replica()', nr)))) as f (oid)
    join pg_proc as p on p.oid = f.oid
   cross join londiste.tree(tab) as part
    join pg_trigger as t on t.tgrelid = part.member and t.tgfoid = f.oid
$$;

create or replace function londiste.capture_marks(nr integer, tab oid)
returns text[] language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- What would change if the capture of a table had been interrupted: see londiste.capture_state(), the functions, and the
-- cluster, since pg_upgrade gives triggers new marks.
-- Locks: none.
  select array_agg(mark order by mark)
    from (select mark from londiste.capture_state(nr, tab)
           union all
          select londiste.capture_function_mark(name) from unnest(array['capture_' || nr, 'capture_' || nr || '_replica']) as name
           where londiste.capture_function_mark(name) is not null
           union all
          select 'cluster ' || system_identifier from pg_control_system()) as all_ (mark)
$$;

create or replace function londiste.make_capture_triggers(p londiste.provider_table, tab oid)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Makes the capture triggers of a table that are missing, drops those that are not wanted, and has each fire for the sessions that it
-- is for. Only a table's owner can do the latter: for another role the triggers stay as CREATE TRIGGER makes them,
-- and sessions with session_replication_role = replica are not captured (see londiste.capture_problems()).
--   p     the table's registration
--   tab   the table
-- Returns how many triggers were made, dropped or enabled.
-- Locks: SHARE ROW EXCLUSIVE on a relation that gets a trigger, or has one enabled; ACCESS EXCLUSIVE on one whose trigger is dropped.
declare
  wanted   record;
  changed  text[] := '{}';
begin
  for wanted in
    select coalesce(w.relation, t.tgrelid::regclass) as relation, coalesce(w.trigger_name, t.tgname::text) as name, w.clause, w.function_suffix
      from londiste.capture_triggers(p.trigger_name, tab) as w
      full join londiste.triggers_of('capture_' || p.nr) as t
        on t.tgrelid = w.relation and t.tgname = w.trigger_name
     where w.relation is null
        or t.tgrelid is null and (w.function_suffix = '' or londiste.owns(tab))
     order by w.relation is not null
  loop
    if wanted.clause is null then
      execute format('drop trigger %I on %s', wanted.name, wanted.relation);
    else
      execute format('create trigger %I ' || wanted.clause || ' execute function londiste.%I()',
                     wanted.name, wanted.relation, 'capture_' || p.nr || wanted.function_suffix);
    end if;
    changed := changed || format('%s %s', wanted.relation, wanted.name);
  end loop;
  for wanted in
    select relation::regclass, trigger_name as name, mode from londiste.capture_state(p.nr, tab)
     where enabled <> mode and londiste.owns(relation) order by relation
  loop
    execute format('alter table only %s enable %s trigger %I', wanted.relation,
                   case wanted.mode when 'A' then 'always' when 'R' then 'replica' else '' end, wanted.name);
    changed := changed || format('%s %s', wanted.relation, wanted.name);
  end loop;
  return (select count(distinct c) from unnest(changed) as c);
end
$$;
