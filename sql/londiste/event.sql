-- Events: the statements that write them.
--
-- An event describes the change of a row. Capture runs after a statement, and by then the row may have changed again: a trigger
-- updated it, or another part of the same statement (MERGE, WITH) took the key that a deleted row had. Events written
-- in the order of capture would then end with the wrong row. Therefore, where this is possible, an event contains the
-- row as it is in the table at this moment, and is a DELETE only if the key is gone: so a key's last event always has
-- the final row. Levels (londiste.capture_level): 1 checks the keys of deleted rows, 2 every row.

create or replace function londiste.event_type(table_name text, op text, key_columns text[])
returns text language sql immutable strict
set search_path = pg_catalog, pg_temp
as $$
-- The ev_type of captured events. Locks: none.
  select format('{"op":%s,"table":%s,"pkey":%s}', to_json(op), array_to_json(array[n.schema_name, n.table_name]),
                array_to_json(event_type.key_columns))
    from londiste.parse_name(event_type.table_name) as n
$$;

create or replace function londiste.key_lookup(tab oid, what text, source text, but_not text default null)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- A subquery that finds the row of a table whose key is in source.key1, source.key2 and so on. Its LIMIT keeps the
-- planner from turning it into a join, so it always uses the key's index; the operators are the index's own.
--   what     what it selects; londiste_now is the row
--   source   alias that has the key
--   but_not  alias whose key the row must not have, compared as text: 1.0 and 1.00 are the same numeric key
-- Returns the subquery without parentheses; null if the table has no primary key. Locks: none.
  select format('select %s from %s%s as londiste_now where %s%s limit 1', what,
                case when londiste.capture_is_row_level(tab) then '' else 'only ' end, tab::regclass,
                string_agg(format('londiste_now.%I operator(%I.%s) %s.key%s', a.attname, n.nspname, o.oprname, source, k.nr),
                           ' and ' order by k.nr),
                format(case when but_not is null then '' else ' and (%s)' end,
                       string_agg(format('%s <> %s', londiste.value_text(a.atttypid, format('londiste_now.%I', a.attname)),
                                         londiste.value_text(a.atttypid, format('%s.key%s', but_not, k.nr))), ' or ' order by k.nr)))
    from pg_index i
   cross join unnest(i.indkey::int2[], i.indclass::oid[]) with ordinality as k (attnum, opclass, nr)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    join pg_opclass c on c.oid = k.opclass
    join pg_amop m on m.amopfamily = c.opcfamily and m.amoplefttype = c.opcintype and m.amoprighttype = c.opcintype
                  and m.amopstrategy = 3
    join pg_operator o on o.oid = m.amopopr
    join pg_namespace n on n.oid = o.oprnamespace
   where i.indrelid = tab and i.indisprimary and k.nr <= i.indnkeyatts
  having count(*) > 0
$$;

create or replace function londiste.trigger_row(tab oid, row_ text)
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- A subquery for the row of a row trigger. It has the table as a constant, so that the plan depends on it and sees added
-- columns. A table that inherits may have columns of its own: they are no part of the captured table, and are left out.
--   row_   expression for the row
-- Locks: none.
  select format('(select %s where %L::regclass is not null)',
                coalesce((select string_agg(format('(%s).%s', row_, c), ', ' order by nr)
                            from unnest(londiste.inherited_columns(tab)) with ordinality as u (c, nr)), format('(%s).*', row_)), tab)
$$;

create or replace function londiste.event_source(tab oid, op text, form text, ev_id text, old_row text, new_row text)
returns text language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The source of an event's rows: n the new one, o the old one, each as londiste.event_rows() has it.
--   form     row: the trigger's row; one: a statement's only row; many: all its rows
--   old_row, new_row   expressions for the trigger's row; or what to select the statement's rows from
--   ev_id    the expression that draws an event's number
-- Many old and new rows of an UPDATE are paired by position: both transition tables have the same order. The events'
-- numbers are drawn in that order, before the join (n.ev_id). FULL JOIN, because PostgreSQL cannot execute it as a nested
-- loop: a plan made for a few rows would be one, and would be kept for a statement with a million rows.
-- Locks: none.
declare
  pairs  boolean := form = 'many' and op = 'UPDATE';
  n      text    := londiste.event_rows(tab, case form when 'row' then londiste.trigger_row(tab, new_row) else new_row end,
                                        case when pairs then ev_id end);
  o      text    := londiste.event_rows(tab, case form when 'row' then londiste.trigger_row(tab, old_row) else old_row end,
                                        case when pairs then 'null' end);
begin
  return case op
    when 'INSERT' then n || ' as n'
    when 'DELETE' then o || ' as o'
    else n || case when pairs then ' as n full join ' else ' as n cross join ' end
           || o || case when pairs then ' as o on o.nr = n.nr' else ' as o' end
  end;
end
$$;

create or replace function londiste.event_rows(tab oid, rows_ text, ev_id text)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- A subquery with image and keys of changed rows, with their own JSON where they need it (data), and with their number and
-- ev_id where that is not null. An image is an anonymous record, never of the table's row type: which may have its own cast to
-- json. Locks: none.
  select format('(select %slondiste_row.*::record as image%s%s from %s as londiste_row)',
                'row_number() over () as nr, ' || ev_id || ' as ev_id, ',
                ', ' || londiste.custom_json(tab, 'londiste_row') || ' as data',
                (select string_agg(format(', londiste_row.%I as key%s', k, nr), '' order by nr)
                   from unnest(londiste.key_columns(tab)) with ordinality as u (k, nr)),
                rows_)
$$;

create or replace function londiste.event_statement(
  queue text, table_name text, tab oid, op text, slot integer, form text,
  old_row text default null, new_row text default null, level integer default null)
returns text language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The statement that writes the events of one operation on a captured table.
--   queue        name of the queue
--   table_name   the table's registered name, which the events contain
--   tab          the table
--   op           INSERT, UPDATE or DELETE
--   slot         number of the queue's event table
--   form         row: for one row; one, many: for a statement's rows, which are one, or any number
--   old_row, new_row   form row: expressions for the row, null: old and new; otherwise: what to select the statement's
--                rows from, null: the transition tables londiste_old and londiste_new
--   level        how thoroughly to compare with the table; null: as this table needs it
-- Returns the statement. Locks: none.
declare
  keys       text[]  := londiste.key_columns(tab);
  data       text    := londiste.custom_json(tab, 'londiste_now');
  now_row    text    := '(select londiste_now.*::record as image' || coalesce(', ' || data || ' as data', '') || ' from ('
                        || londiste.key_lookup(tab, 'londiste_now.*', case op when 'DELETE' then 'o' else 'n' end) || ') as londiste_now) as c';
  q          record;
  source     text;
  image      text;              -- the row that the event contains, between %1$s and %2$s
  type       text;
  moved      text;              -- whether an updated row had another key, which no row has now
  old_key    text    := 'null';
  old_image  text    := 'null';
begin
  select queue_data_pfx || '_' || slot as events, format('nextval(%L::regclass)', queue_event_seq) as ev_id
    into strict q from pgq.queue as queues where queues.queue_name = queue;
  level := coalesce(level, londiste.capture_level(tab));
  source := londiste.event_source(tab, op, form, q.ev_id,
                                  coalesce(old_row, case form when 'row' then 'old' else 'londiste_old' end),
                                  coalesce(new_row, case form when 'row' then 'new' else 'londiste_new' end));
  image := case op when 'DELETE' then '%1$so.image%2$s' else '%1$sn.image%2$s' end;
  type := quote_literal(londiste.event_type(table_name, op, keys));

  if op = 'UPDATE' and keys <> '{}' then
    select string_agg(format('%s is distinct from %s', londiste.value_text(type_, 'o.key' || nr), londiste.value_text(type_, 'n.key' || nr)),
                      ' or ' order by nr),
           string_agg(format('%L, %s', k, londiste.value_json(type_, 'o.key' || nr)), ', ' order by nr)
      into moved, old_key
      from unnest(keys) with ordinality as u (k, nr)
     cross join lateral (select atttypid from pg_attribute where attrelid = tab and attname = k) as a (type_);
    if level > 0 then
      moved := format('(%s) and (%s) is null', moved, londiste.key_lookup(tab, 'true', 'o', 'n'));
    end if;
    old_key := format('case when %s then json_build_object(%s) end', moved, old_key);
    old_image := format('case when %s then o.image::text end', moved);
  end if;

  if level = 2 and op = 'INSERT' then
    source := source || ' cross join lateral ' || now_row;
    image := '%1$sc.image%2$s';
  elsif level = 2 and op = 'UPDATE' then
    source := source || ' left join lateral ' || now_row || ' on true where not (c.image is null) or ' || moved;
    type := format('case when c.image is null then %L else %s end', londiste.event_type(table_name, 'DELETE', keys), type);
    image := 'case when c.image is null then %1$so.image%2$s else %1$sc.image%2$s end';
  elsif level > 0 and op = 'DELETE' then
    source := source || ' left join lateral ' || now_row || ' on true';
    type := format('case when c.image is null then %s else %L end', type, londiste.event_type(table_name, 'UPDATE', keys));
    image := 'case when c.image is null then %1$so.image%2$s else %1$sc.image%2$s end';
  end if;

  return format('insert into %s (ev_id, ev_time, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)'
                ' select %s, now(), %s, %s, %L, %s, %s, %s from %s',
    q.events, case when op = 'UPDATE' and form = 'many' then 'n.ev_id' else q.ev_id end, type,
    case when data is null then format(image, 'to_json(', ')') else replace(format(image, '', ''), '.image', '.data') end,
    table_name, old_key,
    case when londiste.needs_record(tab) then format(image, '', '::text') else 'null' end,
    case when londiste.needs_record(tab) then old_image else 'null' end, source);
end
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
-- by itself gives a DELETE event for each of its rows, before they are removed; and so does every member of an
-- inheritance tree, because TRUNCATE ONLY does not touch the others.
--   root     the captured table
--   member   the table that is truncated: the root or one below it
--   moment   BEFORE or AFTER
-- While a partitioned root is truncated, londiste.truncating holds its oid: its partitions write no events then. As any role
-- can set that, the lock on the root must be held as well.
-- Locks: none; TRUNCATE itself holds ACCESS EXCLUSIVE on all tables concerned.
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
  if position(mark in marks) > 0
     and exists (select from pg_locks where pid = pg_backend_pid() and locktype = 'relation' and relation = root
                    and database = (select oid from pg_database where datname = current_database()) and mode = 'AccessExclusiveLock')
     or not exists (select from londiste.tree(root) as t where t.member = capture_truncate.member) then
    return;
  end if;
  select queue_cur_table into slot from pgq.queue as queues where queues.queue_name = queue;
  execute londiste.event_statement(queue, table_name, root, 'DELETE', slot, 'many', level => 0,
                                   old_row => format('(select * from only %s)', member::regclass));
end
$$;
