-- Capture functions: write the changes of a table as events.
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
  -- whether the ticker may wait for a notification, see pgq.sleep_queues(); the original PgQ has no such column
  sleeps     boolean := exists (select from pg_attribute where attrelid = 'pgq.queue'::regclass and attname = 'queue_asleep');
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
  asleep  boolean;
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
  elsif asleep then
    perform pg_notify('pgq_wake', '');
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
    (select string_agg(replace(replace(replace(l, '$queue_id', q.queue_id::text),
                                       '$into_asleep', case when sleeps then ', asleep' else '' end),
                               '$asleep', case when sleeps then ', queue_asleep' else '' end), E'\n  ')
       from pgq.queue as q
      cross join unnest(case when row_level then array[
        'select queue_cur_table, queue_disable_insert$asleep into slot, closed$into_asleep from pgq.queue where queue_id = $queue_id;']
      else array[
        'if tg_op = ''UPDATE'' then',
        '  select queue_cur_table, queue_disable_insert$asleep, (select count(*) from (select from londiste_new limit 2) as two)',
        '    into slot, closed$into_asleep, rows_ from pgq.queue where queue_id = $queue_id;',
        '  if rows_ = 0 then',
        '    return null;',
        '  end if;',
        'else',
        '  select queue_cur_table, queue_disable_insert$asleep into slot, closed$into_asleep from pgq.queue where queue_id = $queue_id;',
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
