-- Capture: what turns the changes of a table into events.
--
-- Every captured table has a trigger function of its own, londiste.capture_<nr>, with static SQL for each operation
-- and each table of the queue's rotation: PostgreSQL plans it once a session. It is made for one *shape* of the table
-- (key columns, need of record texts). Where the table has another shape by now, because somebody altered it,
-- the same statements are made on the spot and executed, until the function is refreshed: slower, never wrong, and
-- no writer fails.

create or replace function londiste.base_type(type oid)
returns oid language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The type below any number of domains. Locks: none.
declare
  base oid := type;
begin
  loop
    select typbasetype into base from pg_type where oid = type and typtype = 'd';
    exit when not found;
    type := base;
  end loop;
  return type;
end
$$;

create or replace function londiste.needs_record(tab oid)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether a row of this table must travel as its record text besides its JSON, because JSON alone would lose
-- something: array bounds, JSON's null in a json column, whatever a type's own cast to json makes of it.
-- Built-in types other than arrays and JSON are written to JSON by their output function, or as plain numbers and
-- booleans, and are read back exactly.
-- Locks: none.
  select exists (
    select from pg_attribute a
      join pg_type t on t.oid = londiste.base_type(a.atttypid)
     where a.attrelid = tab and a.attnum > 0 and not a.attisdropped
       and (t.oid >= 16384 or t.typtype not in ('b', 'r', 'm') or t.typcategory = 'A'
            or t.oid in ('json'::regtype, 'jsonb'::regtype)))
$$;

create or replace function londiste.capture_shape(tab regclass)
returns text language plpgsql immutable strict
set search_path = pg_catalog, pg_temp
as $$
-- What the captured statements of a table depend on, as one text: its key columns, and whether rows need their
-- record text.
--
-- It is declared immutable though it reads the catalog. With the table as a constant it is therefore computed once,
-- when a plan is made; and PostgreSQL throws a plan away as soon as a relation that it mentions is altered. So the
-- comparison in every trigger function costs nothing and is never out of date.
-- Locks: none.
begin
  return array_to_json(londiste.key_columns(tab))::text
      || case when londiste.needs_record(tab) then ' record' else '' end;
end
$$;

create or replace function londiste.event_type(table_name text, op text, key_columns text[])
returns text language sql immutable strict
set search_path = pg_catalog, pg_temp
as $$
-- The ev_type of captured events. Locks: none.
  select format('{"op":%s,"table":%s,"pkey":%s}', to_json(op), array_to_json(array[n.schema_name, n.table_name]),
                array_to_json(event_type.key_columns))
    from londiste.parse_name(event_type.table_name) as n
$$;

create or replace function londiste.capture_statement(
  queue text, table_name text, tab oid, op text, slot integer, row_level boolean,
  old_row text default 'old', new_row text default 'new')
returns text language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The statement that writes the events of one operation on a captured table.
--   queue        name of the queue
--   table_name   the table's registered name, which the events carry
--   tab          the table
--   op           INSERT, UPDATE or DELETE
--   slot         number of the queue's event table
--   row_level    true: for one row, old_row and new_row; false: for the transition tables londiste_rows and londiste_old
-- Returns the statement. Locks: none.
declare
  keys    text[]  := londiste.key_columns(tab);
  with_record boolean := londiste.needs_record(tab);
  values_ text[];
  source  text := '';
  q       record;
begin
  select queue_data_pfx || '_' || slot as events, format('nextval(%L::regclass)', queue_event_seq) as ev_id
    into strict q from pgq.queue as queues where queues.queue_name = queue;

  if op = 'UPDATE' and not row_level then
    values_ := londiste.capture_update_values(keys, with_record);
    source := londiste.capture_update_source(keys, with_record, q.ev_id);
  elsif op = 'UPDATE' then
    values_ := londiste.capture_row_update_values(keys, with_record, old_row, new_row);
  elsif row_level then
    new_row := case op when 'DELETE' then old_row else new_row end;
    values_ := array[format('to_json(%s)', new_row), 'null', case when with_record then format('%s::text', new_row) end, null];
  else
    values_ := array['to_json(r.*)', 'null', case when with_record then '(r.*)::text' end, null];
    source := ' from londiste_rows as r';
  end if;

  return format('insert into %s (ev_id, ev_time, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4) '
                'select %s, now(), %L, %s, %L, %s, %s, %s%s',
    q.events, case when op = 'UPDATE' and not row_level then 'n.ev_id' else q.ev_id end,
    londiste.event_type(table_name, op, keys), values_[1], table_name, values_[2],
    coalesce(values_[3], 'null'), coalesce(values_[4], 'null'), source);
end
$$;

create or replace function londiste.capture_update_source(keys text[], with_record boolean, ev_id text)
returns text language sql immutable
set search_path = pg_catalog, pg_temp
as $$
-- Pairs old and new rows of an UPDATE: both transition tables grow in lock step, so the n-th belong together.
-- The event numbers are drawn in the rows' order, before the join. FULL JOIN, because PostgreSQL can never do that by
-- a nested loop, which a plan made for one row would be, and would be kept for the statement with a million.
-- Locks: none.
  select format(' from (select row_number() over () as nr, %s as ev_id, to_json(r.*) as data%s%s from londiste_rows as r) as n'
                ' full join (select row_number() over () as nr%s%s from londiste_old as londiste_old_row) as o on o.nr = n.nr',
    ev_id,
    case when with_record then ', (r.*)::text as record' end,
    (select string_agg(format(', r.%I as key%s', k, i), '' order by i) from unnest(keys) with ordinality as u (k, i)),
    (select string_agg(format(', londiste_old_row.%I as key%s', k, i), '' order by i) from unnest(keys) with ordinality as u (k, i)),
    case when with_record then ', londiste_old_row as image' end)
$$;

create or replace function londiste.capture_update_values(keys text[], with_record boolean)
returns text[] language sql immutable
set search_path = pg_catalog, pg_temp
as $$
-- Data, old key, record and old record of the rows that capture_update_source() yields. Locks: none.
  select array['n.data',
               format('case when %s then json_build_object(%s) end', moved, pairs),
               case when with_record then 'n.record' end,
               case when with_record then format('case when %s then o.image::text end', moved) end]
    from (select coalesce(string_agg(format('o.key%s::text is distinct from n.key%1$s::text', i), ' or ' order by i), 'false'),
                 string_agg(format('%L, o.key%s', k, i), ', ' order by i)
            from unnest(keys) with ordinality as u (k, i)) as x (moved, pairs)
$$;

create or replace function londiste.capture_row_update_values(keys text[], with_record boolean, old_row text, new_row text)
returns text[] language sql immutable
set search_path = pg_catalog, pg_temp
as $$
-- Data, old key, record and old record of one updated row. Locks: none.
  select array[format('to_json(%s)', new_row),
               format('case when %s then json_build_object(%s) end', moved, pairs),
               case when with_record then format('%s::text', new_row) end,
               case when with_record then format('case when %s then %s::text end', moved, old_row) end]
    from (select coalesce(string_agg(format('(%s).%I::text is distinct from (%s).%2$I::text', old_row, k, new_row), ' or ' order by i), 'false'),
                 string_agg(format('%L, (%s).%1$I', k, old_row), ', ' order by i)
            from unnest(keys) with ordinality as u (k, i)) as x (moved, pairs)
$$;

create or replace function londiste.capture_is_row_level(tab oid)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether changes of the table must be captured row by row: those of partitioned tables and of inheritance trees, whose
-- members may be written directly, past the statement triggers of the root. Locks: none.
  select exists (select from pg_class where oid = tab and relkind = 'p')
      or exists (select from pg_inherits where inhparent = tab)
$$;

create or replace function londiste.tree(root oid)
returns table (member oid, leaf boolean, partitioned boolean) language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The tables below and including a root: partitions and inheritance children at any depth. Leaf: it may have
-- rows of its own. Partitioned: the root is a partitioned table. Locks: none.
  with recursive t (member) as (
    select root
     union
    select i.inhrelid from t join pg_inherits i on i.inhparent = t.member)
  select t.member, c.relkind <> 'p', (select relkind = 'p' from pg_class where oid = root)
    from t join pg_class c on c.oid = t.member
$$;

create or replace function londiste.write_event(queue text, ev_type text, ev_data text, ev_extra1 text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Writes one event with the rights of the caller; its data may be null. Errors: 42704 no such queue. Locks: none.
declare
  q record;
begin
  select queue_data_pfx || '_' || queue_cur_table as events, queue_event_seq::regclass as ids, queue_disable_insert as closed
    into q from pgq.queue as queues where queues.queue_name = queue;
  if not found then
    raise exception 'queue "%" does not exist in database %', queue, current_database() using errcode = 'undefined_object';
  elsif q.closed then
    raise exception 'Insert into queue disallowed';
  end if;
  execute format('insert into %s (ev_id, ev_time, ev_type, ev_data, ev_extra1) values (nextval($1), now(), $2, $3, $4)', q.events)
    using q.ids, ev_type, ev_data, ev_extra1;
end
$$;

create or replace function londiste.capture_truncate(queue text, table_name text, root oid, member oid, moment text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Captures TRUNCATE. A plain table and the root of a partitioned one give a TRUNCATE event. A partition that is truncated
-- by itself gives a DELETE event for each of its rows, before they go; and so does every member of an
-- inheritance tree, because TRUNCATE ONLY leaves the others alone.
--   root     the captured table
--   member   the table that is truncated: the root or one below it
--   moment   BEFORE or AFTER
-- While a partitioned root is truncated, londiste.truncating holds its oid: its partitions have nothing to say then.
-- Locks: none; TRUNCATE holds the strongest one on all tables concerned.
declare
  mark   text := format(' %s ', root);
  marks  text := coalesce(current_setting('londiste.truncating', true), '');
  slot   integer;
begin
  if moment = 'AFTER' then
    perform set_config('londiste.truncating', replace(marks, mark, ''), true);
    perform londiste.write_event(queue, londiste.event_type(table_name, 'TRUNCATE', londiste.key_columns(root)), null, table_name);
    return;
  end if;
  if exists (select from pg_class where oid = member and relkind = 'p') then
    perform set_config('londiste.truncating', marks || mark, true);
    return;
  end if;
  if position(mark in marks) > 0 or not exists (select from londiste.tree(root) as t where t.member = capture_truncate.member) then
    return;
  end if;
  select queue_cur_table into slot from pgq.queue as queues where queues.queue_name = queue;
  execute replace(londiste.capture_statement(queue, table_name, root, 'DELETE', slot, false),
                  'from londiste_rows as r', format('from only %s as r', member::regclass));
end
$$;

create or replace function londiste.make_capture(queue text, table_name text, tab oid, function_name text)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp
as $make$
-- Makes a captured table's trigger function, if it is not there as it should be.
--   queue, table_name   as registered
--   tab                 the table
--   function_name       name in schema londiste
-- Returns whether the function was made or changed. Locks: none on the table.
declare
  row_level boolean := londiste.capture_is_row_level(tab);
  q         record;
  branches  text := '';
  body      text;
  old_body  text;
begin
  select queue_id, queue_ntables into strict q from pgq.queue as queues where queues.queue_name = queue;
  for i in 0 .. q.queue_ntables - 1 loop
    branches := branches || format($branch$
    %s slot = %s then
      if tg_op = 'INSERT' then
        %s;
      elsif tg_op = 'UPDATE' then
        %s;
      else
        %s;
      end if;
      return null;$branch$,
      case i when 0 then 'if' else 'elsif' end, i,
      londiste.capture_statement(queue, table_name, tab, 'INSERT', i, row_level),
      londiste.capture_statement(queue, table_name, tab, 'UPDATE', i, row_level),
      londiste.capture_statement(queue, table_name, tab, 'DELETE', i, row_level));
  end loop;

  body := format($body$
-- Captures the changes of table %s into queue "%s".
-- Made by londiste.provider_add_table() for the table's present shape; londiste.maint_capture() makes it anew.
-- Runs with its owner's rights, under fixed settings, so that a value's text does not depend on who writes it.
-- Silent while session_replication_role is local (replica: PostgreSQL does not call it at all).
declare
  slot    integer;
  closed  boolean;
begin
  if current_setting('session_replication_role') = 'local'%s then
    return null;
  elsif tg_op = 'TRUNCATE' then
    perform londiste.capture_truncate(%L, %L, %s, tg_relid, tg_when);
    return null;
  end if;
  select queue_cur_table, queue_disable_insert into slot, closed from pgq.queue where queue_id = %s;
  if slot is null then
    raise exception 'queue %% of captured table %% does not exist any more', %4$L, %5$L using errcode = 'undefined_object';
  elsif closed then
    raise exception 'Insert into queue disallowed';
  end if;
  if londiste.capture_shape('%6$s'::regclass) = %8$L then%9$s
    end if;
  end if;
  execute londiste.capture_statement(%4$L, %5$L, %6$s, tg_op, slot, %10$L%11$s;
  return null;
end
$body$,
    replace(table_name, E'\n', ' '), replace(queue, E'\n', ' '),
    case when row_level and exists (select from pg_class where oid = tab and relkind = 'r')
         then format(E'\n     or tg_relid <> %s and not exists (select from londiste.tree(%1$s) as t where t.member = tg_relid)', tab)
         else '' end,
    queue, table_name, tab, q.queue_id, londiste.capture_shape(tab::regclass), branches, row_level,
    case when row_level then $using$, '$1', '$2') using old, new$using$ else ')' end);

  select prosrc into old_body from pg_proc where pronamespace = 'londiste'::regnamespace and proname = function_name and pronargs = 0;
  if old_body = body then
    return false;
  end if;
  execute format('create or replace function londiste.%I() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp set datestyle = ''ISO, MDY'' set intervalstyle = postgres set timezone = ''UTC''
    set bytea_output = hex set extra_float_digits = 1 set lc_monetary = ''C'' as %L', function_name, body);
  execute format('revoke all on function londiste.%I() from public', function_name);
  return true;
end
$make$;

create or replace function londiste.capture_triggers(base_name text, tab oid)
returns table (relation regclass, trigger_name text, clause text) language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The triggers that capture a table: on which relation, their name, and what they fire on.
--   base_name   the common part of their names
-- Locks: none.
  select tab::regclass, base_name || suffix, clause
    from (values ('_i', 'after insert on %s referencing new table as londiste_rows for each statement'),
                 ('_u', 'after update on %s referencing old table as londiste_old new table as londiste_rows for each statement'),
                 ('_d', 'after delete on %s referencing old table as londiste_rows for each statement'),
                 ('_t', 'after truncate on %s for each statement')) as v (suffix, clause)
   where not londiste.capture_is_row_level(tab)
   union all
  -- PostgreSQL gives partitions the row triggers of their root by itself, later ones too; inheritance children get none.
  select t.member::regclass, base_name, 'after insert or update or delete on %s for each row'
    from londiste.tree(tab) as t
   where londiste.capture_is_row_level(tab) and (t.member = tab or not t.partitioned)
   union all
  select t.member::regclass, base_name || '_b', 'before truncate on %s for each statement'
    from londiste.tree(tab) as t
    join pg_class c on c.oid = t.member
   where londiste.capture_is_row_level(tab) and (t.member = tab or c.relkind = 'r')
   union all
  select tab::regclass, base_name || '_t', 'after truncate on %s for each statement'
    from pg_class where oid = tab and relkind = 'p'
$$;

create or replace function londiste.refresh_capture(queue text, table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Brings function and triggers of a captured table up to date with the table: they are made where they are missing,
-- changed where the table has changed, and left alone otherwise.
-- Returns how many functions and triggers were made or dropped.
-- Errors: 42P01 no such table. Locks: SHARE ROW EXCLUSIVE on a relation that gets a trigger, for the transaction.
#variable_conflict use_column
declare
  tab      oid := londiste.get_table(refresh_capture.table_name);
  p        londiste.provider_table;
  fname    text;
  wanted   record;
  changed  integer := 0;
begin
  select * into strict p from londiste.provider_table as t
    where t.queue_name = queue and t.table_name = refresh_capture.table_name for update;
  fname := 'capture_' || p.nr;
  if londiste.make_capture(queue, refresh_capture.table_name, tab, fname) then
    changed := changed + 1;
  end if;
  for wanted in
    select coalesce(w.relation, t.tgrelid::regclass) as relation, coalesce(w.trigger_name, t.tgname::text) as name, w.clause
      from londiste.capture_triggers(p.trigger_name, tab) as w
      full join (select tgrelid, tgname from pg_trigger
                  where tgfoid = to_regprocedure(format('londiste.%I()', fname)) and tgparentid = 0) as t
        on t.tgrelid = w.relation and t.tgname = w.trigger_name
     where w.relation is null or t.tgrelid is null
     order by w.relation is not null
  loop
    if wanted.clause is null then
      execute format('drop trigger %I on %s', wanted.name, wanted.relation);
    else
      execute format('create trigger %I ' || wanted.clause || ' execute function londiste.%I()',
                     wanted.name, wanted.relation, fname);
    end if;
    changed := changed + 1;
  end loop;
  return changed;
end
$$;

create or replace function londiste.maint_capture()
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Brings the capture of all registered tables up to date: after a table was altered, and for partitions that were added
-- (rows of those are captured at once; a TRUNCATE of one by itself only after this). To be called regularly.
-- Tables that do not exist any more are left alone.
-- Returns how many functions and triggers were made or dropped.
-- Locks: none where nothing is to do; see londiste.refresh_capture().
declare
  t        record;
  changed  integer := 0;
begin
  for t in
    select p.queue_name, p.table_name
      from londiste.provider_table p join pgq.queue as q on q.queue_name = p.queue_name
     where londiste.find_table(p.table_name) is not null
     order by p.nr
  loop
    changed := changed + londiste.refresh_capture(t.queue_name, t.table_name);
  end loop;
  return changed;
end
$$;
