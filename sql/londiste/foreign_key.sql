-- Foreign keys: saved and dropped while their tables are copied, restored when both are in sync.

create or replace function londiste.fkeys_of(tab oid)
returns table (fkey oid) language sql stable strict rows 10
set search_path = pg_catalog, pg_temp
as $$
-- The foreign keys from and to a table (for a partitioned one, also those of its partitions). They are found by what they depend on:
-- pg_constraint has no index on the referenced table, and a database may have many foreign keys. Locks: none.
  select distinct c.oid
    from londiste.tree(tab) as t
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.member and d.classid = 'pg_constraint'::regclass
    join pg_constraint c on c.oid = d.objid
   where c.contype = 'f' and c.conparentid = 0
$$;

create or replace function londiste.fkey_statements(fkey oid, extra text default '')
returns text language sql stable strict
set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
-- The statements that make a foreign key: its definition and its comment. If a superuser has disabled its internal triggers, that is
-- not included. PostgreSQL writes literals for the session's standard_conforming_strings, so that is fixed here and where
-- the statements are run.
--   extra   what is added to the definition
-- Locks: none.
  select format('alter table %s add constraint %I %s%s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid), extra)
         || coalesce(format('; comment on constraint %I on %s is ', c.conname, c.conrelid::regclass)
                     || quote_literal(obj_description(c.oid, 'pg_constraint')), '')
    from pg_constraint c
   where c.oid = fkey
$$;

create or replace function londiste.fkey_add(fkey oid)
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The statements that make a foreign key without checking the rows that are there, which ALTER TABLE VALIDATE CONSTRAINT does
-- afterwards without blocking writers. Null if the foreign key is not valid anyway, or PostgreSQL cannot do it in two steps: before
-- version 18 not if the table that has it is partitioned. Locks: none.
  select londiste.fkey_statements(c.oid, ' NOT VALID')
    from pg_constraint c join pg_class r on r.oid = c.conrelid
   where c.oid = fkey and c.convalidated and (r.relkind = 'r' or current_setting('server_version_num')::integer >= 180000)
$$;

create or replace function londiste.fkey_check(fkey oid)
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- A query for the key of a row that violates a foreign key: the one that PostgreSQL itself runs to check it. It can be run
-- before the foreign key exists. Null if the foreign key is not valid anyway, or compares periods. Locks: none.
  select format('select concat_ws('', '', %s) from %s%s as f left join %s%s as p on %s where p.%I is null and (%s) limit 1',
                string_agg(format('coalesce(f.%I::text, ''null'')', a.attname), ', ' order by k.nr),
                case r.relkind when 'r' then 'only ' else '' end, c.conrelid::regclass,
                case t.relkind when 'r' then 'only ' else '' end, c.confrelid::regclass,
                string_agg(format('p.%I operator(%I.%s) f.%I%s', b.attname, n.nspname, o.oprname, a.attname,
                                  case when a.attcollation <> b.attcollation then ' collate ' || b.attcollation::regcollation end),
                           ' and ' order by k.nr),
                min(b.attname::text) filter (where k.nr = 1),
                string_agg(format('f.%I is not null', a.attname), case c.confmatchtype when 'f' then ' or ' else ' and ' end order by k.nr))
    from pg_constraint c
    join pg_class r on r.oid = c.conrelid
    join pg_class t on t.oid = c.confrelid
   cross join unnest(c.conkey, c.confkey, c.conpfeqop) with ordinality as k (child, parent, equal, nr)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.child
    join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.parent
    join pg_operator o on o.oid = k.equal
    join pg_namespace n on n.oid = o.oprnamespace
   where c.oid = fkey and c.convalidated and not coalesce((to_jsonb(c) ->> 'conperiod')::boolean, false)
   group by c.oid, c.conrelid, c.confrelid, c.confmatchtype, r.relkind, t.relkind
$$;

create or replace function londiste.find_table_fkeys(table_name text)
returns table (from_table text, to_table text, fkey_name text, fkey_def text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The foreign keys of londiste.fkeys_of(), each with the statements that make it. Locks: none.
  select londiste.fqname(c.conrelid), londiste.fqname(c.confrelid), c.conname::text, londiste.fkey_statements(c.oid)
    from londiste.fkeys_of(londiste.find_table(find_table_fkeys.table_name)) as k
    join pg_constraint c on c.oid = k.fkey
   order by 1, 3
$$;

create or replace function londiste.lock_holders(table_name text, readers boolean)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The sessions with locks on a table or on tables linked to it by foreign keys, for messages; at most five. Without readers, only
-- those who write to the tables or alter them. Locks: none.
  select coalesce(string_agg(format('pid %s (%s)', h.pid, concat_ws(', ', nullif(h.application_name, ''), h.usename,
                                                           nullif(h.backend_type, 'client backend'), h.state)), ', '),
                  'no session any more')
    from (select distinct on (a.backend_start, a.pid) a.*
            from pg_locks l
            join pg_stat_activity a on a.pid = l.pid
           where l.locktype = 'relation' and l.granted and l.pid <> pg_backend_pid()
             and l.database = (select oid from pg_database where datname = current_database())
             and l.relation in (select londiste.find_table(lock_holders.table_name)
                                 union select londiste.find_table(unnest(array[f.from_table, f.to_table]))
                                         from londiste.find_table_fkeys(lock_holders.table_name) as f)
             and (readers or l.mode not in ('AccessShareLock', 'RowShareLock'))
           order by a.backend_start, a.pid
           limit 5) as h
$$;

create or replace function londiste.subscriber_drop_table_fkey(from_table text, fkey_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Saves a foreign key's definition and drops it, in the caller's transaction. One that was being restored, and whose rows are not checked
-- yet, is dropped as well: its first definition stays saved.
--   from_table   written name of the table that has it
--   fkey_name    its name
-- Returns 1. Errors: 42P01 no such table; 42704 no such foreign key. Locks: ACCESS EXCLUSIVE on both its tables.
#variable_conflict use_column
declare
  name  text := londiste.canonical(subscriber_drop_table_fkey.from_table);
  tab   oid  := londiste.get_table(name);
begin
  insert into londiste.subscriber_pending_fkeys as saved (from_table, to_table, fkey_name, fkey_def, fkey_add, fkey_check)
    select name, londiste.fqname(c.confrelid), c.conname, londiste.fkey_statements(c.oid), londiste.fkey_add(c.oid), londiste.fkey_check(c.oid)
      from pg_constraint c
     where c.conrelid = tab and c.contype = 'f' and c.conparentid = 0 and c.conname = subscriber_drop_table_fkey.fkey_name
    on conflict (from_table, fkey_name) do update
       set to_table = excluded.to_table, reason = null,
           fkey_def = case when saved.fkey_add = excluded.fkey_def then saved.fkey_def else excluded.fkey_def end,
           fkey_add = case when saved.fkey_add = excluded.fkey_def then saved.fkey_add else excluded.fkey_add end,
           fkey_check = case when saved.fkey_add = excluded.fkey_def then saved.fkey_check else excluded.fkey_check end;
  if not found then
    raise exception 'table % has no foreign key %', name, subscriber_drop_table_fkey.fkey_name using errcode = 'undefined_object';
  end if;
  -- another session may have dropped it while we waited for its lock
  execute format('alter table %s drop constraint if exists %I', tab::regclass, subscriber_drop_table_fkey.fkey_name);
  return 1;
end
$$;

create or replace function londiste.subscriber_drop_all_fkeys(table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Saves and drops all foreign keys from and to a table, in the caller's transaction.
-- Returns how many. Errors: 42P01 no such table. Locks: ACCESS EXCLUSIVE on the tables of each foreign key.
declare
  name     text := londiste.canonical(table_name);
  f        record;
  dropped  integer := 0;
begin
  perform londiste.get_table(name);
  for f in select * from londiste.find_table_fkeys(name) loop
    dropped := dropped + londiste.subscriber_drop_table_fkey(f.from_table, f.fkey_name);
  end loop;
  return dropped;
end
$$;

create or replace function londiste.drop_fkeys_soon(table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp set lock_timeout = '2s'
as $$
-- As londiste.subscriber_drop_all_fkeys(), for a batch that is applied to this table alone: it must not wait for others while it holds
-- the lock of a table that the replay needs; but long enough for an autovacuum to give way, after deadlock_timeout (1 s by default).
-- Errors: as that, and 55P03 with the sessions that hold a lock for longer than 2 s. Locks: the same.
begin
  return londiste.subscriber_drop_all_fkeys(table_name);
exception when lock_not_available then
  raise exception 'its foreign keys cannot be dropped: no lock within 2 s, held by %', londiste.lock_holders(table_name, true)
    using errcode = 'lock_not_available';
end
$$;

create or replace function londiste.fkey_is_restorable(tab text)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether a table is ready for its foreign keys: each queue that replicates it, or a table above it, has it in sync. A table that does not
-- exist is ready as well, so that its foreign keys are tried and reported. Locks: none.
  with recursive above (member) as (
    select londiste.find_table(tab)
     union
    select i.inhparent from above a join pg_inherits i on i.inhrelid = a.member)
  select not exists (select from londiste.subscriber_table s where s.merge_state is distinct from 'ok'
                        and s.table_name in (select tab union all select londiste.fqname(a.member) from above a))
$$;

create or replace function londiste.loose_fkeys(tab oid)
returns table (from_table text, fkey_name text) language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The foreign keys that could fail or change rows of tables that are not in sync when rows of a table are written: those between it
-- and such tables, and between such tables and those to which a change is propagated. Locks: none.
  with recursive reach (member) as (
    select t.member from londiste.tree(tab) as t
     union
    select c.conrelid
      from reach r
     cross join londiste.fkeys_of(r.member) as k
      join pg_constraint c on c.oid = k.fkey and c.confrelid = r.member and (c.confdeltype in ('c', 'n', 'd') or c.confupdtype in ('c', 'n', 'd'))),
  keys as materialized ( -- otherwise PostgreSQL may look at the tables of all foreign keys that there are
    select distinct c.conrelid, c.confrelid, c.conname
      from reach r
     cross join londiste.fkeys_of(r.member) as k
      join pg_constraint c on c.oid = k.fkey)
  select londiste.fqname(c.conrelid), c.conname::text
    from keys c
   where not londiste.fkey_is_restorable(londiste.fqname(c.conrelid)) or not londiste.fkey_is_restorable(londiste.fqname(c.confrelid))
   order by 1, 2
$$;

create or replace function londiste.replay_owns(queue text, table_name text)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp set lock_timeout = '100ms'
as $$
-- Whether the replay is to apply a batch to a table: it is in sync. Called in the batch's transaction at its first change of the
-- table. If it is, the foreign keys that link it to tables which are not in sync are saved and dropped, since the one is as
-- of another tick than the other. All tables wait for the batch: foreign keys that cannot be dropped, because others are using
-- the tables, a right is missing or an event trigger forbids it, stay, and matter only if a row violates them; the copy of
-- the other table reports the reason. The time that this takes does not depend on how many tables are registered or on their way.
--   queue        name of the provider's queue
--   table_name   written name
-- Locks: ACCESS EXCLUSIVE on the tables of each such foreign key, if they are available at once.
#variable_conflict use_column
declare
  name  text := londiste.canonical(replay_owns.table_name);
  f     record;
begin
  perform from londiste.subscriber_table s where s.queue_name = queue and s.table_name = name and s.merge_state = 'ok';
  if not found then
    return false;
  end if;
  if exists (select from londiste.subscriber_table s where s.merge_state is distinct from 'ok') then
    for f in select * from londiste.loose_fkeys(londiste.find_table(name)) loop
      begin
        perform londiste.subscriber_drop_table_fkey(f.from_table, f.fkey_name);
      exception when others then
        raise debug 'foreign key % of table % stays for now: %', f.fkey_name, f.from_table, sqlerrm;
      end;
    end loop;
  end if;
  return true;
end
$$;

create or replace function londiste.subscriber_drop_incoming_fkeys(table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp set lock_timeout = '2s'
as $$
-- Saves and drops the foreign keys by which other replicated tables reference a table that is truncated: their rows are the
-- provider's and stay, regardless of the foreign key's action. In the caller's transaction.
-- Returns how many. Errors: 42P01 no such table; 55P03 others hold a lock for longer than 2 s: the message names them.
-- Locks: ACCESS EXCLUSIVE on the tables of each foreign key.
declare
  name     text := londiste.canonical(table_name);
  f        record;
  dropped  integer := 0;
begin
  for f in
    select k.* from londiste.find_table_fkeys(name) as k
     where k.from_table <> name
       and exists (select from londiste.subscriber_table s
                    where londiste.find_table(k.from_table) in (select member from londiste.tree(londiste.find_table(s.table_name))))
       and londiste.find_table(k.to_table) in (select member from londiste.tree(londiste.get_table(name)))
  loop
    dropped := dropped + londiste.subscriber_drop_table_fkey(f.from_table, f.fkey_name);
  end loop;
  return dropped;
exception when lock_not_available then
  raise exception 'foreign keys to table %, which is to be truncated, cannot be dropped: no lock within 2 s, held by %',
    name, londiste.lock_holders(name, true) using errcode = 'lock_not_available';
end
$$;
