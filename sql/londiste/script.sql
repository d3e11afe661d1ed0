-- Scripts: statements that the provider and its subscribers execute once each, in order with the changes.

create or replace function londiste.run_script(script text)
returns void language plpgsql
set search_path = public, pg_temp
as $$
-- Executes statements with the rights of the caller, in its transaction, and then checks deferred constraints. Names without a schema are those of
-- schema public, on each side. A function, in which PostgreSQL refuses what would end the transaction.
-- Errors and locks: those of the statements; 0A000 a statement ends the transaction; 25001 one cannot be executed in a transaction.
begin
  execute script;
  set constraints all immediate;
end
$$;

create or replace function londiste.provider_execute_script(queue text, script_name text, script text, tables text)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Executes a script on the provider, records it, and writes the event by which the subscribers of the queue execute it. The event is written
-- last, when the script holds the locks of what it has altered: so it comes after the events of all transactions that have changed
-- these tables before, and before those of all others.
--   script_name   its name, which can be used once for a queue
--   tables        written names with commas between them: only for subscribers that have all of these tables; null: for all
-- Returns the event's number.
-- Errors: 42704 no such queue; 42710 the name was used already; 55000 the script has changed rows that are captured into the queue, which
-- the subscribers would get twice; those of londiste.run_script(). Locks: those of the script.
declare
  events    text;
  captured  text;
  before    timestamptz;
begin
  select q.queue_data_pfx into events from pgq.queue as q where q.queue_name = queue;
  if not found then
    raise exception 'queue "%" does not exist in database %', queue, current_database() using errcode = 'undefined_object';
  end if;
  insert into londiste.provider_script (queue_name, script_name, tables) values (queue, script_name, provider_execute_script.tables)
    on conflict do nothing;
  if not found then
    select s.executed into before from londiste.provider_script as s
     where s.queue_name = queue and s.script_name = provider_execute_script.script_name;
    raise exception 'it was executed already, at %', before using errcode = 'duplicate_object';
  end if;
  perform londiste.run_script(script);
  execute format('select string_agg(distinct coalesce(ev_extra1, ev_type), '', '') from %s where ev_txid = txid_current()', events) into captured;
  if captured is not null then
    raise exception 'it changes rows of replicated tables: %', captured using errcode = 'object_not_in_prerequisite_state',
      hint = 'Changes of rows are replicated by themselves: execute them on the provider only, after the script';
  end if;
  return pgq.insert_event(queue, '{"op":"EXECUTE","table":["londiste","script"]}', script, script_name, provider_execute_script.tables, null, null);
end
$$;

create or replace function londiste.subscriber_record_script(queue text, script_name text, outcome text)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Records what was done with a script on the subscriber, so that it is not executed, or not again.
--   outcome   executed, skipped, or not needed
-- Returns whether it was not recorded before. Locks: the script's record.
begin
  insert into londiste.subscriber_script (queue_name, script_name, outcome) values (queue, script_name, outcome) on conflict do nothing;
  return found;
end
$$;
