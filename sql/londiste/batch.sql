-- Batches of the replay: what one round trip can ask for before the rows are written, and after.

create or replace function londiste.begin_batch(queue text, consumer text, tables text[],
  out tick bigint, out mark text, out barrier bigint, out meeting boolean, out handed_over text, out sequences boolean, out owned text[])
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Begins a batch of the replay, at the start of its transaction: no table changes its owner until the transaction ends.
--   queue      name of the provider's queue
--   consumer   the replay's consumer
--   tables     written names of tables that are known to have changes in the batch
-- Returns
--   tick, mark    the position of the consumer: the tick up to which batches are applied; null if there is none
--   barrier       the tick at which the replay has to wait; null if there is no barrier
--   meeting       whether a table waits for the replay, or the replay for a table
--   handed_over   a table that is being handed over to the replay; null if there is none
--   sequences     whether the queue has sequences
--   owned         which of the tables the replay applies its batches to, see londiste.replay_owns()
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
  owned := '{}';
  foreach name in array tables loop
    if londiste.replay_owns(queue, name) then
      owned := owned || name;
    end if;
  end loop;
end
$$;

create or replace function londiste.check_written(schemas text[], tables text[])
returns table (schema_name text, table_name text, triggers text) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- Checks that nothing else than the replay's statements has decided about the rows of tables that it wrote: rules that may replace a
-- statement. To be called after the rows were written, when the locks that writing takes keep rules and triggers from being created.
--   schemas, tables   the tables, name by name
-- Returns the tables with triggers that fire before rows and may have changed or skipped some, with the names of the triggers.
-- Errors: 55000, with schema and table in the error's fields: it is not a table any more, or has such a rule. Locks: none.
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
               and p.pronamespace not in (select oid from pg_namespace where nspname in ('londiste', 'pgq'))) as triggers
      from unnest(schemas, tables) as w (schema_name, table_name)
      join pg_namespace as n on n.nspname = w.schema_name
      join pg_class as c on c.relnamespace = n.oid and c.relname = w.table_name
     where c.relkind not in ('r', 'p') or c.relhasrules or c.relhastriggers
  loop
    if not t.is_table then
      raise exception 'it is a view or a foreign table on the subscriber now, not a table'
        using errcode = 'object_not_in_prerequisite_state', schema = t.nspname, table = t.relname;
    elsif t.rules is not null then
      raise exception 'a rule may replace what the replay writes (%): drop it, or disable it (alter table % disable rule ...)',
        t.rules, londiste.fqname(format('%I.%I', t.nspname, t.relname)::regclass)
        using errcode = 'object_not_in_prerequisite_state', schema = t.nspname, table = t.relname;
    elsif t.triggers is not null then
      schema_name := t.nspname; table_name := t.relname; triggers := t.triggers;
      return next;
    end if;
  end loop;
end
$$;
