-- Sequences. Their values are not rows, so triggers cannot capture them. With each batch the replay reads the values on the
-- provider and sets them on the subscriber before it applies the batch, so that a sequence is never behind the rows.

create or replace function londiste.get_sequence(written text)
returns oid language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The oid of the sequence with this name.
-- Errors: 42P01 there is no such sequence; 42602 it is not a valid name. Locks: none.
declare
  seq oid;
begin
  select c.oid into seq
    from londiste.parse_name(written) as p
    join pg_namespace n on n.nspname = p.schema_name
    join pg_class c on c.relnamespace = n.oid and c.relname = p.table_name
   where c.relkind = 'S';
  if not found then
    raise exception 'sequence % does not exist in database %', londiste.canonical(written), current_database()
      using errcode = 'undefined_table';
  end if;
  return seq;
end
$$;

create or replace function londiste.read_sequences(seq_names text[])
returns table (seq_name text, last_value bigint, is_called boolean, problem text)
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '100ms'
as $$
-- The current values of sequences of this database.
--   seq_names   canonical names
-- Returns a row for each, in their order: either last_value and is_called, or, as problem, why they cannot be read.
-- Locks: ROW EXCLUSIVE on the sequences, as nextval() does; waited for at most lock_timeout for each.
declare
  seq regclass;
begin
  foreach seq_name in array seq_names loop
    begin
      problem := null;
      seq := to_regclass(seq_name);
      last_value := pg_sequence_last_value(seq); -- much cheaper than a query, but null before the first nextval()
      is_called := last_value is not null;
      if seq is null then
        problem := 'does not exist in database ' || current_database();
      elsif not is_called then
        execute format('select s.last_value, s.is_called from %s as s', seq) into last_value, is_called;
      end if;
    exception
      when lock_not_available then
        problem := 'another session holds a lock on it';
      when others then
        problem := sqlerrm;
    end;
    if problem is not null then
      last_value := null;
      is_called := null;
    end if;
    return next;
  end loop;
end
$$;

create or replace function londiste.provider_add_seq(queue text, seq_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Registers a sequence on the provider, so that subscribers can replicate its value.
--   queue      name of the queue
--   seq_name   written name
-- Returns 1 if it is new, 0 if it was registered already.
-- Errors: 42704 no such queue; 42P01 no such sequence; 42501 no privilege to read it. Locks: none.
#variable_conflict use_column
declare
  name   text := londiste.canonical(provider_add_seq.seq_name);
  added  integer;
begin
  if not exists (select from pgq.queue as queues where queues.queue_name = queue) then
    raise exception 'queue "%" does not exist in database %', queue, current_database() using errcode = 'undefined_object';
  end if;
  if not has_sequence_privilege(londiste.get_sequence(name), 'select') then
    raise exception 'role % may not read sequence % in database %: it needs SELECT on it', current_user, name, current_database()
      using errcode = 'insufficient_privilege';
  end if;
  insert into londiste.provider_seq (queue_name, seq_name) values (queue, name)
    on conflict (queue_name, seq_name) do nothing;
  get diagnostics added = row_count;
  return added;
end
$$;

create or replace function londiste.provider_remove_seq(queue text, seq_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Unregisters a sequence on the provider and informs the subscribers by an event londiste.remove-seq: they unregister it as well. It keeps
-- its value there.
--   queue      name of the queue
--   seq_name   written name; the sequence itself need not exist
-- Returns 1. Errors: 42704 it is not registered. Locks: none.
#variable_conflict use_column
declare
  name text := londiste.canonical(provider_remove_seq.seq_name);
begin
  delete from londiste.provider_seq as s where s.queue_name = queue and s.seq_name = name;
  if not found then
    raise exception 'sequence % is not registered on the provider, queue "%"', name, queue using errcode = 'undefined_object';
  end if;
  if exists (select from pgq.queue as queues where queues.queue_name = queue) then
    perform londiste.write_event(queue, 'londiste.remove-seq', name, null);
  end if;
  return 1;
end
$$;

create or replace function londiste.provider_get_seq_list(queue text)
returns table (seq_name text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The sequences that are registered for a queue, in the order they were registered. Locks: none.
  select s.seq_name from londiste.provider_seq as s where s.queue_name = queue order by s.nr
$$;

create or replace function londiste.sequence_values(queue text, seq_names text[])
returns table (seq_name text, last_value bigint, is_called boolean, problem text)
language sql
set search_path = pg_catalog, pg_temp
as $$
-- The current values of sequences that are registered for a queue. Called by the replay on the provider.
--   queue       name of the queue
--   seq_names   canonical names
-- Returns a row for each: either last_value and is_called, or, as problem, why there are none.
-- Locks: as londiste.read_sequences().
  select s.seq_name, v.last_value, v.is_called,
         case when p.seq_name is null then 'is no longer registered on the provider'
              else 'on the provider: ' || v.problem end
    from unnest(seq_names) with ordinality as s (seq_name, nr)
    left join londiste.provider_seq as p on p.queue_name = queue and p.seq_name = s.seq_name
    left join londiste.read_sequences(array(select r.seq_name from londiste.provider_seq as r
                                             where r.queue_name = queue and r.seq_name = any (seq_names))) as v
           on v.seq_name = s.seq_name
   order by s.nr
$$;

create or replace function londiste.subscriber_add_seq(queue text, seq_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Registers a sequence on the subscriber; the replay sets it to the provider's value from the next batch on.
--   queue      name of the provider's queue
--   seq_name   written name
-- Returns 1 if it is new, 0 if it was registered already.
-- Errors: 42P01 no such sequence; 42501 no privilege to read and set it. Locks: none.
#variable_conflict use_column
declare
  name   text := londiste.canonical(subscriber_add_seq.seq_name);
  seq    oid := londiste.get_sequence(name);
  added  integer;
begin
  if not (has_sequence_privilege(seq, 'select') and has_sequence_privilege(seq, 'update')) then
    raise exception 'role % may not set sequence % in database %: it needs SELECT and UPDATE on it', current_user, name, current_database()
      using errcode = 'insufficient_privilege';
  end if;
  insert into londiste.subscriber_seq (queue_name, seq_name) values (queue, name)
    on conflict (queue_name, seq_name) do nothing;
  get diagnostics added = row_count;
  return added;
end
$$;

create or replace function londiste.subscriber_remove_seq(queue text, seq_name text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Unregisters a sequence on the subscriber. It keeps its value.
--   queue      name of the provider's queue
--   seq_name   written name; the sequence itself need not exist
-- Returns 1. Errors: 42704 it is not registered. Locks: none.
#variable_conflict use_column
declare
  name text := londiste.canonical(subscriber_remove_seq.seq_name);
begin
  delete from londiste.subscriber_seq as s where s.queue_name = queue and s.seq_name = name;
  if not found then
    raise exception 'sequence % is not registered on the subscriber, queue "%"', name, queue using errcode = 'undefined_object';
  end if;
  return 1;
end
$$;

create or replace function londiste.subscriber_get_seq_list(queue text)
returns table (seq_name text, last_value bigint, is_called boolean, reason text) language sql
set search_path = pg_catalog, pg_temp
as $$
-- The sequences that are registered on the subscriber for a queue, with their current values and the reason why one is
-- stopped, in the order they were registered. Locks: as londiste.read_sequences().
  select s.seq_name, v.last_value, v.is_called, coalesce(v.problem, s.reason)
    from londiste.subscriber_seq as s
    join londiste.read_sequences(array(select r.seq_name from londiste.subscriber_seq as r where r.queue_name = queue)) as v
      on v.seq_name = s.seq_name
   where s.queue_name = queue
   order by s.nr
$$;

create or replace function londiste.subscriber_set_sequences(queue text, provider_values json)
returns table (seq_name text, reason text) language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '100ms'
as $$
-- Sets the sequences that are registered on the subscriber to the provider's values, where these differ. A sequence that
-- cannot be set keeps its value, with the reason in londiste.subscriber_seq; the others are set nevertheless.
--   queue             name of the provider's queue
--   provider_values   the result of londiste.sequence_values(), as an array of objects
-- Returns the sequences whose reason has changed; null means that the sequence is set again.
-- Locks: as londiste.read_sequences(). What setval() does is not undone when the transaction is rolled back.
#variable_conflict use_column
declare
  s    record;
  why  text;
begin
  for s in
    with wanted as (
      select w.* from json_to_recordset(provider_values) as w (seq_name text, last_value bigint, is_called boolean, problem text))
    select w.*, r.reason as known, here.problem as here_problem,
           (here.last_value, here.is_called) is distinct from (w.last_value, w.is_called) as differs
      from wanted as w
      join londiste.subscriber_seq as r on r.queue_name = queue and r.seq_name = w.seq_name
      left join londiste.read_sequences(array(select n.seq_name from wanted as n where n.problem is null)) as here
             on here.seq_name = w.seq_name
  loop
    why := coalesce(s.problem, s.here_problem);
    if why is null and s.differs then
      begin
        perform setval(to_regclass(s.seq_name), s.last_value, s.is_called);
      exception when others then
        why := sqlerrm;
      end;
    end if;
    if why is distinct from s.known then
      update londiste.subscriber_seq as r set reason = why where r.queue_name = queue and r.seq_name = s.seq_name;
      seq_name := s.seq_name;
      reason := why;
      return next;
    end if;
  end loop;
end
$$;
