-- Foreign keys: stored and dropped while their tables are copied, restored when both are in sync.

create or replace function londiste.find_table_fkeys(table_name text)
returns table (from_table text, to_table text, fkey_name text, fkey_def text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The foreign keys from and to a table (for a partitioned one, also those of its partitions' own), each with the
-- statement that makes it. Locks: none.
  select londiste.fqname(c.conrelid), londiste.fqname(c.confrelid), c.conname::text,
         format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
    from pg_constraint c
   where c.contype = 'f' and c.conparentid = 0
     and (c.conrelid in (select member from londiste.tree(londiste.find_table(find_table_fkeys.table_name)))
          or c.confrelid in (select member from londiste.tree(londiste.find_table(find_table_fkeys.table_name))))
   order by 1, 3
$$;

create or replace function londiste.subscriber_drop_table_fkey(from_table text, fkey_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Stores a foreign key's definition and drops it, in the caller's transaction.
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
  -- others may have dropped it while we waited for their lock
  execute format('alter table %s drop constraint if exists %I', tab::regclass, subscriber_drop_table_fkey.fkey_name);
  return 1;
end
$$;

create or replace function londiste.subscriber_drop_all_fkeys(table_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Stores and drops all foreign keys from and to a table, in the caller's transaction.
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
set search_path = pg_catalog, pg_temp
as $$
-- Stores and drops the foreign keys from and to tables of a queue that are not in sync: they would bind tables that are
-- as of one tick to tables that are not. In the caller's transaction.
-- Returns how many. Locks: ACCESS EXCLUSIVE on the tables of each foreign key.
declare
  t        record;
  dropped  integer := 0;
begin
  for t in
    select s.table_name as name from londiste.subscriber_table s
     where s.queue_name = queue and s.merge_state is distinct from 'ok' and londiste.find_table(s.table_name) is not null
     order by s.nr
  loop
    dropped := dropped + londiste.subscriber_drop_all_fkeys(t.name);
  end loop;
  return dropped;
end
$$;

create or replace function londiste.fkey_is_restorable(tab text)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether a table is ready for its foreign keys: it exists, and each queue that replicates it has it in sync. Locks: none.
  select londiste.find_table(tab) is not null
     and not exists (select from londiste.subscriber_table s
                      where londiste.find_table(tab) in (select member from londiste.tree(londiste.find_table(s.table_name)))
                        and s.merge_state is distinct from 'ok')
$$;

create or replace function londiste.subscriber_restore_fkeys(queue text)
returns setof text language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Restores every pending foreign key whose tables are both in sync (or not replicated). One that cannot be made, because
-- rows break it or a lock is not to be had, stays pending, with a warning that says why.
--   queue   the queue whose tables came into sync: foreign keys that concern only tables of other queues are left alone
-- Returns the names of those restored. Locks: SHARE ROW EXCLUSIVE on both tables of each.
declare
  f record;
begin
  for f in
    select p.* from londiste.subscriber_pending_fkeys p
     where londiste.fkey_is_restorable(p.from_table) and londiste.fkey_is_restorable(p.to_table)
       and (exists (select from londiste.subscriber_table s where s.queue_name = queue and s.table_name in (p.from_table, p.to_table))
            or not exists (select from londiste.subscriber_table s where s.table_name in (p.from_table, p.to_table)))
     order by p.from_table, p.fkey_name
       for update skip locked
  loop
    begin
      if not exists (select from pg_constraint where conrelid = londiste.find_table(f.from_table) and conname = f.fkey_name) then
        execute f.fkey_def;
      end if;
      delete from londiste.subscriber_pending_fkeys p where p.from_table = f.from_table and p.fkey_name = f.fkey_name;
      return next f.fkey_name;
    exception when others then
      raise warning 'foreign key % of table % stays pending: %', f.fkey_name, f.from_table, sqlerrm;
    end;
  end loop;
end
$$;
