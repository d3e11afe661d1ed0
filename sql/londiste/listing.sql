-- The foreign keys and triggers of the subscribed tables of a queue: those that are saved and dropped, and those that exist.

create or replace function londiste.subscriber_get_fkey_list(queue text)
returns table (status text, from_table text, to_table text, fkey_name text, fkey_def text, reason text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The foreign keys from and to the subscribed tables of a queue and their partitions: the pending ones, then the active
-- ones, each with the statement that creates it; a pending one also with the reason why it could not be restored, if it was
-- tried. One whose rows are being checked is pending. Locks: none.
  with subscribed (name) as (
    select londiste.fqname(tree.member)
      from londiste.subscriber_table s, londiste.tree(londiste.find_table(s.table_name)) as tree where s.queue_name = queue
     union
    select s.table_name from londiste.subscriber_table s where s.queue_name = queue)
  select 'pending', p.from_table, p.to_table, p.fkey_name, p.fkey_def, p.reason
    from londiste.subscriber_pending_fkeys p
   where p.from_table in (select name from subscribed) or p.to_table in (select name from subscribed)
   union
  select 'active', f.from_table, f.to_table, f.fkey_name, f.fkey_def, null
    from londiste.subscriber_table s, londiste.find_table_fkeys(s.table_name) as f
   where s.queue_name = queue
     and not exists (select from londiste.subscriber_pending_fkeys p
                      where p.from_table = f.from_table and p.fkey_name = f.fkey_name and p.fkey_add = f.fkey_def)
   order by 1 desc, 2, 4
$$;

create or replace function londiste.subscriber_get_trigger_list(queue text)
returns table (status text, table_name text, trigger_name text, trigger_def text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The triggers of users on the subscribed tables of a queue and their partitions: the pending ones, then the active ones,
-- each with the statements that create it. Locks: none.
  with parts (table_name) as (
    select s.table_name from londiste.subscriber_table s where s.queue_name = queue
     union
    select londiste.fqname(part.member)
      from londiste.subscriber_table s, londiste.tree(londiste.find_table(s.table_name)) as part
     where s.queue_name = queue and part.partitioned)
  select 'pending', p.table_name, p.trigger_name, p.trigger_def
    from parts join londiste.subscriber_pending_triggers p using (table_name)
   union all
  select 'active', parts.table_name, t.trigger_name, t.trigger_def
    from parts, londiste.find_table_triggers(parts.table_name) as t
   order by 1 desc, 2, 3
$$;
