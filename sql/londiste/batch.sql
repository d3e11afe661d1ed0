-- Batches of the replay: what one round trip can ask for before the rows are written, and after.

create or replace function londiste.begin_batch(queue text, consumer text, tables text[],
  out tick bigint, out mark text, out barrier bigint, out meeting boolean, out handed_over text, out sequences boolean, out owned text[],
  out mapped integer[], out kept text[])
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Begins a batch of the replay, at the start of its transaction: no table changes its owner until the transaction ends.
--   queue      name of the provider's queue
--   consumer   the replay's consumer
--   tables     written names of the provider's tables that are known to have changes in the batch
-- Returns
--   tick, mark    the position of the consumer: the tick up to which batches are applied; null if there is none
--   barrier       the tick at which the replay has to wait; null if there is no barrier
--   meeting       whether a table waits for the replay, or the replay for a table
--   handed_over   a table that is being handed over to the replay; null if there is none
--   sequences     whether the queue has sequences
--   owned         which of the tables the replay applies its batches to, see londiste.replay_owns()
--   mapped        the numbers (nr) of those of them that are not replicated as they are; what is declared for a number never changes
--   kept          from when on the rows of each of these are kept, which changes (kept_since); null: all are
-- Locks: londiste.lock_tables() shared, waiting without a limit; the position's row; see londiste.replay_owns().
declare
  name  text;
begin
  perform londiste.lock_tables(queue, false);
  select c.last_tick_id, c.tick_mark into tick, mark from londiste.completed as c where c.consumer_id = consumer for update;
  barrier := londiste.get_barrier(consumer);
  meeting := false;
  select true, min(s.table_name) filter (where s.merge_state like 'do-sync:%') into meeting, handed_over
    from londiste.subscriber_table as s where s.queue_name = queue and s.merge_state like '%sync:%' having count(*) > 0;
  meeting := coalesce(meeting, false);
  sequences := exists (select from londiste.subscriber_seq as s where s.queue_name = queue);
  select coalesce(array_agg(coalesce(s.source_table, s.table_name)), '{}'),
         coalesce(array_agg(s.nr) filter (where is_mapped), '{}'), coalesce(array_agg(s.kept_since) filter (where is_mapped), '{}')
    into owned, mapped, kept
    from londiste.subscriber_table as s
   cross join lateral (
      select num_nonnulls(s.source_table, s.where_sql, s.columns, s.set_columns, s.operations, s.shard, s.apply_function, s.partition_column) > 0
   ) as m (is_mapped)
   where s.queue_name = queue and coalesce(s.source_table, s.table_name) = any (tables) and s.merge_state = 'ok';
  if exists (select from londiste.subscriber_table as s where s.merge_state is distinct from 'ok') then
    foreach name in array owned loop
      perform londiste.replay_owns(queue, londiste.local_table(queue, name));
    end loop;
  end if;
end
$$;

create or replace function londiste.check_written(schemas text[], tables text[], marks bigint[])
returns table (schema_name text, table_name text, triggers text) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Checks that nothing else than the replay's statements has decided about the rows of tables that it wrote: rules that may replace a
-- statement, or a structure that it did not know. To be called after the rows were written, when the locks that writing takes keep rules
-- and triggers from being created, and tables from being altered.
--   schemas, tables   the tables, name by name
--   marks             londiste.shape_mark() of each, from before its structure was read; null: not checked
-- Returns the tables with triggers that fire before rows and may have changed or skipped some, with the names of the triggers.
-- Errors: 55000, with schema and table in the error's fields: it is not a table any more, has such a rule, or was altered. Locks: none.
declare
  t       record;
  origin  text := case current_setting('session_replication_role') when 'replica' then 'R' else 'O' end;
begin
  for t in
    select n.nspname, c.relname, c.relkind in ('r', 'p') as is_table,
           (select string_agg(r.rulename, ', ' order by r.rulename) from pg_rewrite as r
             where c.relhasrules and r.ev_class = c.oid and r.is_instead and r.ev_enabled::text in ('A', origin)) as rules,
           (select string_agg(g.tgname, ', ' order by g.tgname)
              from pg_trigger as g join pg_proc as p on p.oid = g.tgfoid
             where c.relhastriggers and g.tgrelid = c.oid and not g.tgisinternal and g.tgtype & 3 = 3
               and g.tgenabled::text in ('A', origin)
               and p.pronamespace not in (select oid from pg_namespace where nspname in ('londiste', 'pgq'))) as triggers,
           w.mark <> s.mark as altered
      from unnest(schemas, tables, marks) as w (schema_name, table_name, mark)
      join pg_namespace as n on n.nspname = w.schema_name
      join pg_class as c on c.relnamespace = n.oid and c.relname = w.table_name
     -- londiste.shape_mark(c.oid); a call of the function would be planned anew in each batch
     cross join lateral (
        select hashtextextended(string_agg(concat_ws(':', a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attgenerated), ',' order by a.attnum), 0)
          from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as s (mark)
     where c.relkind not in ('r', 'p') or c.relhasrules or c.relhastriggers or w.mark <> s.mark
  loop
    if not t.is_table then
      raise exception 'it is a view or a foreign table on the subscriber now, not a table'
        using errcode = 'object_not_in_prerequisite_state', schema = t.nspname, table = t.relname;
    elsif t.rules is not null then
      raise exception 'a rule may replace what the replay writes (%): drop it, or disable it (alter table % disable rule ...)',
        t.rules, londiste.fqname(format('%I.%I', t.nspname, t.relname)::regclass)
        using errcode = 'object_not_in_prerequisite_state', schema = t.nspname, table = t.relname;
    elsif t.altered then
      raise exception 'the table was altered on the subscriber, and its structure has to be read again'
        using errcode = 'object_not_in_prerequisite_state', schema = t.nspname, table = t.relname;
    elsif t.triggers is not null then
      schema_name := t.nspname; table_name := t.relname; triggers := t.triggers;
      return next;
    end if;
  end loop;
end
$$;
