-- The guard of replicated tables: prevents all sessions but the replay's from changing them on the subscriber.
--
-- A session of the replay sets londiste.replay = 'on', which any role may set in order to repair a
-- table by hand: the guard protects against accidents. Triggers are found by the function they call and its arguments, so
-- the catalog alone shows what is guarded.

create or replace function londiste.guard()
returns trigger language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Refuses a change. It is called only if the session is not the replay's, with the arguments queue, schema and table.
-- The writing role needs no right on schema londiste, so nothing of it is used here. Every role may execute the function: PostgreSQL checks
-- that when it copies a root's row triggers to a new partition. Attached to another table it refuses nothing.
-- A partition that was detached, and a table that was renamed, are not replicated any more and may be changed.
-- Errors: 42501. Locks: none.
declare
  part text := format('%I.%I', tg_table_schema, tg_table_name);
  root text := format('%I.%I', tg_argv[1], tg_argv[2]);
begin
  if exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where n.nspname = tg_argv[1] and c.relname = tg_argv[2]
                and (c.oid = tg_relid or c.oid in (select relid from pg_partition_ancestors(tg_relid)))) then
    raise exception using errcode = 'insufficient_privilege',
      message = format('%s of table %s is refused: londiste replicates it%s from queue "%s"',
                       tg_op, part, case when part <> root then ' as part of ' || root end, tg_argv[0]),
      detail = 'A change made here would not reach the provider, and replicated changes could overwrite it or fail because of it.',
      hint = format('Make the change on the provider. To remove the guard permanently: subscriber remove %s, '
                    'then subscriber add without --deny-writes. For a repair by hand: set londiste.replay = ''on'' in the session.', root);
  end if;
  return null;
end
$$;

create or replace function londiste.guard_arguments(queue text, table_name text)
returns bytea language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The arguments of the triggers that guard a table, as the catalog has them. Locks: none.
  select string_agg(convert_to(part, getdatabaseencoding()) || decode('00', 'hex'), '' order by nr)
    from londiste.parse_name(guard_arguments.table_name) as n,
         unnest(array[queue, n.schema_name, n.table_name]) with ordinality as p (part, nr)
$$;

create or replace function londiste.guards(queue text, table_name text)
returns table (relation regclass, trigger_name text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The triggers that guard a table, also those on its former partitions. Without clones in partitions. Locks: none.
  select t.tgrelid::regclass, t.tgname::text
    from pg_trigger t
   where t.tgfoid = 'londiste.guard()'::regprocedure and t.tgparentid = 0
     and t.tgargs = (select londiste.guard_arguments(queue, guards.table_name))
$$;

create or replace function londiste.subscriber_is_guarded(queue text, table_name text)
returns boolean language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- Whether the table itself has the guard of the queue. Reads only the triggers of that table: it is called for all
-- tables repeatedly. Locks: none.
  select exists (select from pg_trigger t
                  where t.tgrelid = londiste.find_table(subscriber_is_guarded.table_name)
                    and t.tgfoid = 'londiste.guard()'::regprocedure and t.tgparentid = 0
                    and t.tgargs = (select londiste.guard_arguments(queue, subscriber_is_guarded.table_name)))
$$;

create or replace function londiste.subscriber_guard(queue text, table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Guards a table: only sessions with londiste.replay = 'on' can change it from now on, whatever their
-- session_replication_role. Each partition is guarded as well. In partitions that are added later, rows are
-- guarded at once, and TRUNCATE of such a partition after the next londiste.maint_guards().
--   queue        name of the queue the table is replicated from
--   table_name   written name
-- Returns how many triggers were made; 0 if all existed.
-- Errors: 42P01 no such table; 42710 another queue's guard has the name that this one's would have.
-- Locks: SHARE ROW EXCLUSIVE on the table and its partitions.
#variable_conflict use_column
declare
  tab    oid := londiste.get_table(subscriber_guard.table_name);
  base   text := regexp_replace(londiste.capture_name(queue), 'logger$', 'guard');
  own    record;
  t      record;
  made   integer := 0;
begin
  for t in
    select split_part(encode(g.tgargs, 'escape'), E'\\000', 1) as queue, g.tgname
      from londiste.tree(tab) as part
      join pg_trigger g on g.tgrelid = part.member
     where g.tgfoid = 'londiste.guard()'::regprocedure and g.tgname in (base, base || '_rows')
       and g.tgargs <> (select londiste.guard_arguments(queue, subscriber_guard.table_name))
     limit 1
  loop
    raise exception 'table % is guarded for queue "%" already, whose triggers have the same names as those of queue "%" would have (%)',
      subscriber_guard.table_name, t.queue, queue, t.tgname using errcode = 'duplicate_object';
  end loop;
  select n.schema_name, n.table_name into own from londiste.parse_name(subscriber_guard.table_name) as n;
  for t in
    select w.*
      from (select member::regclass as relation, base as name, 'before insert or update or delete or truncate on %s for each statement' as clause
              from londiste.tree(tab)
             where member = tab or partitioned
             union all
            -- Statement triggers see only statements that name their table; a row trigger exists in every partition.
            -- An AFTER row trigger lets COPY write many rows at once.
            select tab::regclass, base || '_rows', 'after insert or update or delete on %s for each row'
              from pg_class where oid = tab and relkind = 'p') as w
     where not exists (select from londiste.guards(queue, subscriber_guard.table_name) as g
                        where g.relation = w.relation and g.trigger_name = w.name)
  loop
    execute format('create trigger %I ' || t.clause || $when$
                      when (current_setting('londiste.replay', true) is distinct from 'on')
                      execute function londiste.guard(%L, %L, %L)$when$,
                   t.name, t.relation, queue, own.schema_name, own.table_name);
    execute format('alter table %s enable always trigger %I', t.relation, t.name);
    made := made + 1;
  end loop;
  return made;
end
$$;

create or replace function londiste.maint_guards(queue text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp set lock_timeout = '2s'
as $$
-- Guards partitions that were added to the guarded tables of a queue. One that is in use by others is left for the next
-- time. Returns how many triggers were made.
-- Errors: as londiste.subscriber_guard(). Locks: the same, and only if a trigger is to be made.
declare
  t     record;
  made  integer := 0;
begin
  for t in
    select s.table_name as name from londiste.subscriber_table s
     where s.queue_name = queue and londiste.subscriber_is_guarded(queue, s.table_name)
     order by s.nr
  loop
    begin
      made := made + londiste.subscriber_guard(queue, t.name);
    exception when lock_not_available then
      raise debug 'partitions of table % are not guarded yet: %', t.name, sqlerrm;
    end;
  end loop;
  return made;
end
$$;

create or replace function londiste.subscriber_drop_guard(queue text, table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Removes the guard from a table, which may have been dropped or renamed since.
-- Returns how many triggers were dropped. Locks: ACCESS EXCLUSIVE on the relations that have the triggers.
declare
  t        record;
  dropped  integer := 0;
begin
  for t in select * from londiste.guards(queue, subscriber_drop_guard.table_name) loop
    execute format('drop trigger %I on %s', t.trigger_name, t.relation);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;
