-- Foreign keys: saved and dropped while their tables are copied, restored when both are in sync.

create or replace function londiste.find_table_fkeys(table_name text)
returns table (from_table text, to_table text, fkey_name text, fkey_def text) language sql stable
set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
-- The foreign keys from and to a table (for a partitioned one, also those of its partitions), each with the
-- statements that make it: the definition and its comment. If a superuser has disabled its internal triggers, that is not
-- included. PostgreSQL writes literals for the session's standard_conforming_strings, so that is fixed here and where the
-- statements are run. Locks: none.
  select londiste.fqname(c.conrelid), londiste.fqname(c.confrelid), c.conname::text,
         format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
         || coalesce(format('; comment on constraint %I on %s is ', c.conname, c.conrelid::regclass)
                     || quote_literal(obj_description(c.oid, 'pg_constraint')), '')
    from pg_constraint c
   where c.contype = 'f' and c.conparentid = 0
     and (c.conrelid in (select member from londiste.tree(londiste.find_table(find_table_fkeys.table_name)))
          or c.confrelid in (select member from londiste.tree(londiste.find_table(find_table_fkeys.table_name))))
   order by 1, 3
$$;

create or replace function londiste.lock_holders(table_name text, readers boolean)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The sessions with locks on a table or on tables linked to it by foreign keys, for messages; at most five. Without readers, only
-- those who write to the tables or alter them. Locks: none.
  select coalesce(string_agg(format('pid %s (%s)', h.pid, concat_ws(', ', nullif(h.application_name, ''), h.usename, h.state)), ', '),
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
-- Saves a foreign key's definition and drops it, in the caller's transaction.
--   from_table   written name of the table that has it
--   fkey_name    its name
-- Returns 1. Errors: 42P01 no such table; 42704 no such foreign key. Locks: ACCESS EXCLUSIVE on both its tables.
#variable_conflict use_column
declare
  name  text := londiste.canonical(subscriber_drop_table_fkey.from_table);
  tab   oid  := londiste.get_table(name);
begin
  insert into londiste.subscriber_pending_fkeys (from_table, to_table, fkey_name, fkey_def)
    select f.* from londiste.find_table_fkeys(name) as f
     where f.from_table = name and f.fkey_name = subscriber_drop_table_fkey.fkey_name
    on conflict (from_table, fkey_name) do update set to_table = excluded.to_table, fkey_def = excluded.fkey_def;
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

create or replace function londiste.subscriber_drop_loose_fkeys(queue text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp set lock_timeout = '100ms'
as $$
-- Saves and drops the foreign keys from and to tables of a queue that are not in sync: they would link tables that are
-- as of one tick to tables that are not. In the caller's transaction, a batch of the replay, which all tables wait for:
-- foreign keys that cannot be dropped, because others are using the tables, a right is missing or an event trigger
-- forbids it, stay, and matter only if a row violates them; the copy of the table itself reports the reason.
-- Returns how many. Locks: ACCESS EXCLUSIVE on the tables of each foreign key, if they are available at once.
declare
  t        record;
  dropped  integer := 0;
begin
  for t in
    select s.table_name as name from londiste.subscriber_table s
     where s.queue_name = queue and s.merge_state is distinct from 'ok' and londiste.find_table(s.table_name) is not null
     order by s.nr
  loop
    begin
      dropped := dropped + londiste.subscriber_drop_all_fkeys(t.name);
    exception when others then
      raise debug 'foreign keys of table % stay for now: %', t.name, sqlerrm;
    end;
  end loop;
  return dropped;
end
$$;

create or replace function londiste.subscriber_drop_incoming_fkeys(table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Saves and drops the foreign keys by which other replicated tables reference a table that is truncated: their rows are the
-- provider's and stay, regardless of the foreign key's action. In the caller's transaction.
-- Returns how many. Errors: 42P01 no such table. Locks: ACCESS EXCLUSIVE on the tables of each foreign key.
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
end
$$;

create or replace function londiste.loose_ends(queue text, schema_name text, table_name text, fkey_name text)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The tables of a foreign key that are not replicated from the queue, for messages; null if both are, or there is
-- no such foreign key. Locks: none.
  select string_agg(distinct londiste.fqname(tab), ' and ')
    from pg_constraint c
   cross join unnest(array[c.conrelid, c.confrelid]) as tab
   where c.conrelid = londiste.find_table(londiste.fqname(loose_ends.schema_name, loose_ends.table_name))
     and c.conname = loose_ends.fkey_name and c.contype = 'f'
     and not exists (select from londiste.subscriber_table s
                      where s.queue_name = queue and tab in (select member from londiste.tree(londiste.find_table(s.table_name))))
$$;

create or replace function londiste.fkey_is_restorable(tab text)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether a table is ready for its foreign keys: each queue that replicates it has it in sync. A table that does not exist is
-- ready as well, so that its foreign keys are tried and reported. Locks: none.
  select not exists (select from londiste.subscriber_table s
                      where s.merge_state is distinct from 'ok'
                        and (s.table_name = tab
                             or londiste.find_table(tab) in (select member from londiste.tree(londiste.find_table(s.table_name)))))
$$;

create or replace function londiste.restorable_fkeys(queue text)
returns setof londiste.subscriber_pending_fkeys language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The pending foreign keys that londiste.subscriber_restore_fkeys() is to create now. Locks: none.
  select p.* from londiste.subscriber_pending_fkeys p
   where londiste.fkey_is_restorable(p.from_table) and londiste.fkey_is_restorable(p.to_table)
     and (exists (select from londiste.subscriber_table s where s.queue_name = queue and s.table_name in (p.from_table, p.to_table))
          or not exists (select from londiste.subscriber_table s where s.table_name in (p.from_table, p.to_table)))
   order by p.from_table, p.fkey_name
$$;

create or replace function londiste.subscriber_restore_fkeys(queue text)
returns setof text language plpgsql
set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
-- Restores every pending foreign key whose tables are both in sync (or not replicated). One that was already created again
-- is left unchanged. One that cannot be created, because rows violate it, or a table was dropped or renamed, stays
-- pending, with a warning that has the reason and the error's SQLSTATE; those after one whose lock is unavailable stay as well.
--   queue   the queue whose tables came into sync: foreign keys that concern only tables of other queues are skipped
-- Returns the names of those restored. Locks: SHARE ROW EXCLUSIVE on both tables of each.
declare
  f        record;
  why      text;
begin
  for f in select * from londiste.restorable_fkeys(queue) loop
    perform from londiste.subscriber_pending_fkeys p
      where p.from_table = f.from_table and p.fkey_name = f.fkey_name for update skip locked;
    continue when not found; -- another queue's replay is restoring it
    begin
      if not exists (select from pg_constraint
                      where conrelid = londiste.find_table(f.from_table) and conname = f.fkey_name and contype = 'f') then
        execute f.fkey_def;
      end if;
      delete from londiste.subscriber_pending_fkeys p where p.from_table = f.from_table and p.fkey_name = f.fkey_name;
      return next f.fkey_name;
    exception when others then
      why := sqlerrm || case when sqlstate = '55P03' then format(' (locks of %s)', londiste.lock_holders(f.from_table, false)
                                                                || ', ' || londiste.lock_holders(f.to_table, false)) else '' end;
      raise warning 'foreign key % of table % stays pending: %', f.fkey_name, f.from_table, why using errcode = sqlstate;
      exit when sqlstate = '55P03'; -- the replay waits for us
    end;
  end loop;
end
$$;
