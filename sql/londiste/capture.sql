-- Capture: writes the changes of a table as events.
--
-- Every captured table has its own trigger function, londiste.capture_<nr>, with static SQL for each operation
-- and each table of the queue's rotation: PostgreSQL plans it once per session. It is made for one *shape* of the table
-- (londiste.capture_shape). If the table has been altered since and has another shape,
-- the same statements are generated and executed at each change until the function is refreshed: slower but correct, and
-- no writer fails.

create or replace function londiste.capture_branches(queue text, table_name text, tab oid, row_level boolean, level integer)
returns text language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The part of a capture function that writes the events: one branch for each operation, event table and form.
--   level   how thoroughly rows are compared with the table, see event.sql
-- Not written in SQL: PostgreSQL checks SQL functions when they are created, and a subscriber has no schema pgq.
-- Locks: none.
declare
  prefix  text := (select 'insert into ' || queue_data_pfx || '_' from pgq.queue as q where q.queue_name = queue);
begin
  return (
    with made as materialized ( -- once for all event tables: it takes a while
      select row_number() over (order by o.nr, f.nr) as nr, op, form,
             substr(londiste.event_statement(queue, table_name, tab, op, 0, form, level => level), length(prefix || 0) + 1) as rest
        from unnest('{INSERT,UPDATE,DELETE}'::text[]) with ordinality as o (op, nr)
       cross join unnest(case when row_level then '{row}'
                              when op = 'UPDATE' then '{one,many}' else '{many}' end::text[]) with ordinality as f (form, nr))
    select string_agg(format(E'\n    %1$s tg_op = %2$L and slot = %3$s%4$s then\n      %5$s%3$s%6$s;\n      return null;',
                           case when slot = 0 and nr = 1 then 'if' else 'elsif' end, op, slot,
                           case when op = 'UPDATE' and form <> 'row' then format(' and rows_ %s 1', case form when 'one' then '=' else '>' end) end,
                           prefix, rest), '' order by slot, nr)
      from made
     cross join (select generate_series(0, q.queue_ntables - 1) as slot from pgq.queue as q where q.queue_name = queue) as slots);
end
$$;

create or replace function londiste.capture_root(table_name text, tab oid, member oid)
returns oid language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The captured table that a trigger's table belongs to: itself or a table above it; null if it is no longer part of it. A
-- dump restores capture functions in a cluster where their oids mean other tables or none: there the name decides,
-- until londiste.maint_capture() makes the functions again.
--   table_name   as registered
--   tab          the table's oid when its function was made
--   member       the table whose trigger fires
-- Locks: none.
  select root
    from unnest(array[tab, londiste.find_table(table_name)]) with ordinality as r (root, nr)
   where member = root or exists (select from londiste.tree(root) as t where t.member = capture_root.member)
   order by nr limit 1
$$;

create or replace function londiste.capture_function_mark(function_name text)
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Changes when a capture function is altered; null if there is none. Its transaction id would not do: GRANT changes that, too.
-- Locks: none.
  select format('function %s %s', p.proname, md5(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig)))
    from pg_proc as p where p.oid = to_regprocedure(format('londiste.%I()', function_name))
$$;

create or replace function londiste.make_capture(queue text, table_name text, tab oid, function_name text, row_level boolean, always boolean)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp
as $make$
-- Makes a captured table's trigger function, unless it exists and is up to date.
--   queue, table_name   as registered
--   tab                 the table
--   function_name       name in schema londiste
--   row_level           whether its triggers fire for rows; otherwise for statements
--   always              make it even if its body is as it should be: its settings may have been altered
-- Every role may execute the function. When a partition is created or attached, PostgreSQL copies the root's row triggers to it, and checks
-- that the role which does so may execute their function: that is the table's owner, a member of it, or its next owner. The function is safe
-- with any role: it can only be called as a trigger, and if it is attached to a table that is not part of the captured one, it
-- does nothing. So nobody can forge events with it, which it writes with the rights of its owner.
-- A table that is captured by statements has a second function, for rows, see londiste.capture_triggers(). Which of them captures
-- depends on the session's role here as well, not only on the modes of the triggers: anyone may change those, and nothing
-- may be captured twice.
-- A statement may call functions that change the same table, in its expressions or its RETURNING. Their changes are captured before
-- those of the statement itself, which must then not write older rows after newer ones: it compares all its rows with the table as it is.
-- To know that, each function stores, for the transaction, how long the list of callers (PG_CONTEXT) was for the most deeply nested change;
-- an inner statement always has a longer list than the outer one. A statement with a shorter list that just came later is compared as well,
-- which does no harm.
-- Returns whether the function was made or changed. Locks: none on the table.
declare
  by_row     boolean := londiste.capture_is_row_level(tab); -- in every session
  -- the tables below, if it matters whether they have triggers
  members    oid[]   := (select array_agg(t.member order by t.member) from londiste.tree(tab) as t
                          where t.leaf and londiste.is_parent(tab) and londiste.capture_level(tab) < 2);
  -- the tables that need no check whether they are part of the captured one. A detached partition loses its triggers, but an
  -- inheritance child that is removed keeps them.
  parts      oid[]   := (select array_agg(t.member order by t.member) from londiste.tree(tab) as t where t.partitioned or t.member = tab);
  root       text    := case when row_level then format('londiste.capture_root(%L, %s, tg_relid)', table_name, tab) else 'tg_relid' end;
  level      integer := londiste.capture_level(tab);
  most       integer := londiste.most_thorough_level(tab);
  setting    text    := 'londiste.nested_' || split_part(function_name, '_', 2);
  body       text;
  mark       text    := londiste.capture_function_mark(function_name);
begin
  body := format($body$
-- Captures the changes of one table into one queue: their names are in the call of londiste.capture_truncate() below. No
-- comment here may have a name in it, since a line break in the name would end the comment.
-- Made by londiste.provider_add_table() for the table's present shape; londiste.maint_capture() makes it again.
-- Runs with its owner's rights, under fixed settings, so that a value's text does not depend on the session that writes it.
-- Silent while session_replication_role is local.
declare
  slot    integer;
  closed  boolean;
  rows_   integer;
  fits    boolean;
  stack   text;
  depth   text;
  outer_  boolean := false;
begin
  if current_setting('session_replication_role') %12$s%1$s then
    return null;
  elsif tg_op = 'TRUNCATE' then
    perform londiste.capture_truncate(%2$L, %3$L, %11$s, tg_relid, tg_when);
    return null;
  end if;
  %5$s
  if slot is null then
    raise exception 'queue %% of captured table %% does not exist any more', %2$L, %3$L using errcode = 'undefined_object';
  elsif closed then
    raise exception 'Insert into queue disallowed';
  end if;
  fits := londiste.capture_shape('%4$s'::regclass%9$s) = %6$L;%10$s%13$s
  if fits then%7$s
    end if;
  end if;
  execute londiste.event_statement(%2$L, %3$L, %11$s, tg_op, slot, %8$s;
  return null;
end
$body$,
    format(E'\n     or tg_relid <> all (%L::oid[]) and londiste.capture_root(%L, %s, tg_relid) is null', parts, table_name, tab),
    queue, table_name, tab,
    (select string_agg(replace(l, '$queue_id', q.queue_id::text), E'\n  ')
       from pgq.queue as q
      cross join unnest(case when row_level then array[
        'select queue_cur_table, queue_disable_insert into slot, closed from pgq.queue where queue_id = $queue_id;']
      else array[
        'if tg_op = ''UPDATE'' then',
        '  select queue_cur_table, queue_disable_insert, (select count(*) from (select from londiste_new limit 2) as two)',
        '    into slot, closed, rows_ from pgq.queue where queue_id = $queue_id;',
        '  if rows_ = 0 then',
        '    return null;',
        '  end if;',
        'else',
        '  select queue_cur_table, queue_disable_insert into slot, closed from pgq.queue where queue_id = $queue_id;',
        'end if;'] end) as l
      where q.queue_name = queue),
    londiste.capture_shape(tab::regclass), londiste.capture_branches(queue, table_name, tab, row_level, level),
    format(case when row_level then $using$'row', '$1', '$2', %s) using old, new$using$ else $$'many', level => %s)$$ end,
           format('case when outer_ then londiste.most_thorough_level(%s) end', root)),
    -- existing tables below cost nothing; those added later are checked for each row until this function is made again
    ', array[' || (select string_agg(format('%L::regclass', m), ', ') from unnest(members) as m) || ']',
    case when members is not null
         then format(E'\n  if tg_relid <> all (%L::oid[]) then\n    fits := fits and not exists (%s);\n  end if;',
                     members, londiste.disturbing_triggers('= tg_relid')) end,
    root,
    case when by_row then $$= 'local'$$
         when row_level then $$<> 'replica'$$
         else $$<> 'origin' and (tg_op <> 'TRUNCATE' or current_setting('session_replication_role') = 'local')$$ end,
    case when most > level then format($nested$
  get diagnostics stack = pg_context;
  depth := lpad(length(stack)::text, 9, '0');
  outer_ := depth < coalesce(current_setting(%1$L, true), '');
  if outer_ and fits then%2$s
    end if;
  elsif strpos(stack, E'\n') > 0 and depth > coalesce(current_setting(%1$L, true), '') then
    perform set_config(%1$L, depth, true);
  end if;$nested$, setting, londiste.capture_branches(queue, table_name, tab, row_level, most)) end);

  if not always and exists (select from pg_proc where oid = to_regprocedure(format('londiste.%I()', function_name)) and prosrc = body) then
    return false;
  end if;
  execute format('create or replace function londiste.%I() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp set datestyle = ''ISO, MDY'' set intervalstyle = postgres set timezone = ''UTC''
    set bytea_output = hex set extra_float_digits = 1 set lc_monetary = ''C'' set enable_seqscan = off set jit = off as %L', function_name, body);
  execute format('grant execute on function londiste.%I() to public', function_name);
  return mark is distinct from londiste.capture_function_mark(function_name);
end
$make$;

create or replace function londiste.capture_print(queue text, table_name text, tab oid)
returns text language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- A digest of everything a table's capture function depends on: shows whether the function is up to date without making it.
-- Not written in SQL, for the reason given in londiste.capture_branches(). Locks: none.
begin
  return (
    select md5(concat_ws(' ', queue, table_name, tab, q.queue_id, q.queue_ntables, q.queue_data_pfx, q.queue_event_seq,
                         londiste.capture_shape(tab::regclass), londiste.key_lookup(tab, '', ''),
                         londiste.capture_is_row_level(tab), londiste.is_parent(tab), c.relkind,
                         (select md5(string_agg(t.member::text, ' ' order by t.member)) from londiste.tree(tab) as t)))
      from pg_class as c left join pgq.queue as q on q.queue_name = queue
     where c.oid = tab);
end
$$;

-- The functions above may have changed, and with them the functions that they make.
update londiste.provider_table set capture = null where capture is not null;

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

create or replace function londiste.refresh_capture(queue text, table_name text, anew boolean default true)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Brings functions and triggers of a captured table up to date with the table: they are made if they are missing,
-- changed if the table has changed, enabled if they are not, and left unchanged otherwise. If changes may have been missed
-- meanwhile, an event londiste.missed-changes gives the reason: subscribers stop the table until it is copied again.
--   anew   check the functions even if nothing has changed since they were made: another role may have changed them
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
  if anew or gap is not null or p.capture is distinct from print or to_regprocedure(format('londiste.%I()', fname)) is null then
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

create or replace function londiste.owns(relation oid)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether this role has the rights of a relation's owner. Locks: none.
  select pg_has_role(c.relowner, 'usage') from pg_class as c where c.oid = relation
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
