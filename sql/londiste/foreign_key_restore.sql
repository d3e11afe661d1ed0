-- Restoring saved foreign keys: in three steps, so that neither writers nor the replay wait for a check of all rows.

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

create or replace function londiste.restorable_fkeys(queue text)
returns setof londiste.subscriber_pending_fkeys language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The pending foreign keys whose tables are both in sync (or not replicated). Those that concern only tables of other queues are
-- left to these. Locks: none.
  with candidates as materialized ( -- sorts most of them out, without looking at the tables above
    select p.* from londiste.subscriber_pending_fkeys p
     where not exists (select from londiste.subscriber_table s where s.table_name = p.from_table and s.merge_state is distinct from 'ok')
       and not exists (select from londiste.subscriber_table s where s.table_name = p.to_table and s.merge_state is distinct from 'ok'))
  select p.* from candidates p
   where londiste.fkey_is_restorable(p.from_table) and londiste.fkey_is_restorable(p.to_table)
     and (exists (select from londiste.subscriber_table s where s.queue_name = queue and s.table_name in (p.from_table, p.to_table))
          or not exists (select from londiste.subscriber_table s where s.table_name in (p.from_table, p.to_table)))
   order by p.from_table, p.fkey_name
$$;

create or replace function londiste.fkey_failed(from_table text, fkey_name text, reason text)
returns void language sql
set search_path = pg_catalog, pg_temp
as $$
-- Records why a pending foreign key could not be restored. Locks: its row in londiste.subscriber_pending_fkeys.
  update londiste.subscriber_pending_fkeys p set reason = fkey_failed.reason
   where p.from_table = fkey_failed.from_table and p.fkey_name = fkey_failed.fkey_name and p.reason is distinct from fkey_failed.reason
$$;

create or replace function londiste.fkey_violation(from_table text, fkey_name text)
returns text language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- The key of a row that violates a pending foreign key. Null if there is none, or if only PostgreSQL itself can check that, since the
-- caller may not read the tables. It may take as long as reading both tables. Errors: those of the query, such as 42P01 if a table was
-- dropped. Locks: ACCESS SHARE on both its tables, for the transaction.
#variable_conflict use_column
declare
  query  text := (select p.fkey_check from londiste.subscriber_pending_fkeys p
                   where p.from_table = fkey_violation.from_table and p.fkey_name = fkey_violation.fkey_name);
  key    text;
begin
  perform set_config('work_mem', current_setting('maintenance_work_mem'), true); -- as PostgreSQL does for this query
  if query is not null then
    execute query into key;
  end if;
  return key;
exception when insufficient_privilege then
  return null;
end
$$;

create or replace function londiste.fkey_oid(from_table text, fkey_name text)
returns oid language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The foreign key of a table by its name; null if there is none. Locks: none.
  select c.oid from pg_constraint c
   where c.conrelid = londiste.find_table(fkey_oid.from_table) and c.conname = fkey_oid.fkey_name and c.contype = 'f'
$$;

create or replace function londiste.add_fkey(queue text, from_table text, fkey_name text, lock_timeout integer default null)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
-- The first step of restoring a pending foreign key: creates it without a check of the rows that are there, if that is possible, and
-- otherwise with it. From then on PostgreSQL checks what the replay writes. One that others have created again is left
-- unchanged and not pending any more. This takes place between two batches, when all tables in sync are as of one tick and none
-- leaves the replay.
--   lock_timeout   milliseconds to wait for the locks of its tables, while the replay waits as well; null: as the session has it
-- Returns true: it is restored; false: its rows are to be checked by londiste.validate_fkey(); null: it is not pending
-- any more, its tables are not ready any more, or another session is restoring it.
-- Errors: those of ALTER TABLE. Locks: londiste.lock_tables(); SHARE ROW EXCLUSIVE on both its tables.
#variable_conflict use_column
declare
  p      londiste.subscriber_pending_fkeys;
  there  oid;
begin
  perform londiste.lock_tables(queue, true);
  perform set_config('lock_timeout', add_fkey.lock_timeout::text, true) where add_fkey.lock_timeout is not null;
  select * into p from londiste.subscriber_pending_fkeys k
    where k.from_table = add_fkey.from_table and k.fkey_name = add_fkey.fkey_name for update skip locked;
  if not found or not londiste.fkey_is_restorable(p.from_table) or not londiste.fkey_is_restorable(p.to_table) then
    return null;
  end if;
  there := londiste.fkey_oid(p.from_table, p.fkey_name);
  if there is null then
    execute coalesce(p.fkey_add, p.fkey_def);
    there := londiste.fkey_oid(p.from_table, p.fkey_name);
  end if;
  if p.fkey_add = londiste.fkey_statements(there) then
    return false;
  end if;
  delete from londiste.subscriber_pending_fkeys k where k.from_table = p.from_table and k.fkey_name = p.fkey_name;
  return true;
end
$$;

create or replace function londiste.validate_fkey(from_table text, fkey_name text)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- The second step: checks the rows of a foreign key that londiste.add_fkey() has created, after which it is not pending any more. Writers need
-- not wait, so a batch may be applied meanwhile; what it writes is checked as well. If a table is to be copied again, or to be
-- emptied, that has to wait: the caller cancels this as soon as any session waits for it.
-- Returns whether it is restored; false: it was dropped meanwhile, because one of its tables is to be copied again.
-- Errors: those of ALTER TABLE, such as 23503: rows violate it. Locks: SHARE UPDATE EXCLUSIVE on the table that has it, ROW SHARE on the other.
#variable_conflict use_column
declare
  name  text := validate_fkey.from_table;
begin
  if not exists (select from londiste.subscriber_pending_fkeys p
                  where p.from_table = name and p.fkey_name = validate_fkey.fkey_name
                    and p.fkey_add = londiste.fkey_statements(londiste.fkey_oid(name, p.fkey_name))) then
    return false;
  end if;
  execute format('alter table %s validate constraint %I', londiste.find_table(name)::regclass, validate_fkey.fkey_name);
  delete from londiste.subscriber_pending_fkeys p where p.from_table = name and p.fkey_name = validate_fkey.fkey_name;
  return true;
end
$$;

create or replace function londiste.withdraw_fkey(from_table text, fkey_name text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Drops a pending foreign key that londiste.add_fkey() has created, because rows violate it: it would stop tables whose rows are written again.
-- Does nothing if there is none. Locks: ACCESS EXCLUSIVE on both its tables.
#variable_conflict use_column
begin
  if exists (select from londiste.subscriber_pending_fkeys p
              where p.from_table = withdraw_fkey.from_table and p.fkey_name = withdraw_fkey.fkey_name
                and p.fkey_add = londiste.fkey_statements(londiste.fkey_oid(p.from_table, p.fkey_name))) then
    execute format('alter table %s drop constraint %I', londiste.find_table(withdraw_fkey.from_table)::regclass, withdraw_fkey.fkey_name);
  end if;
end
$$;

create or replace function londiste.subscriber_restore_fkeys(queue text)
returns setof text language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Restores every pending foreign key whose tables are both in sync (or not replicated), in the caller's transaction, with the checks of all
-- rows: to be called by hand where no replay runs. The replay does it step by step. One that was already created again
-- is left unchanged. One that cannot be created, because rows violate it, or a table was dropped or renamed, stays
-- pending, with its reason and a warning that has the error's SQLSTATE.
--   queue   the queue whose tables came into sync: foreign keys that concern only tables of other queues are skipped
-- Returns the names of those restored. Locks: SHARE ROW EXCLUSIVE on both tables of each.
declare
  f      record;
  added  boolean;
begin
  for f in select * from londiste.restorable_fkeys(queue) loop
    begin
      added := londiste.add_fkey(queue, f.from_table, f.fkey_name);
      if added or (not added and londiste.validate_fkey(f.from_table, f.fkey_name)) then
        return next f.fkey_name;
      end if;
    exception when others then
      perform londiste.fkey_failed(f.from_table, f.fkey_name, sqlerrm);
      raise warning 'foreign key % of table % stays pending: %', f.fkey_name, f.from_table, sqlerrm using errcode = sqlstate;
    end;
  end loop;
end
$$;
