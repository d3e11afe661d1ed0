-- Comparison with the provider: a barrier pauses the replay at a tick, so that a snapshot can be taken there.

create or replace function londiste.set_barrier(consumer text, tick bigint, patience interval)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Pauses the replay when it reaches a tick, until the barrier is lifted or expires. The barrier must be committed before the
-- tick becomes visible on the provider; otherwise the replay may have passed it.
--   consumer   the replay's consumer
--   tick       where the replay waits
--   patience   time after which the barrier expires, for the case that its creator died
-- Returns false, and changes nothing, if there is another barrier. Locks: the barrier's row.
begin
  insert into londiste.barrier (consumer_id, tick_id, expires)
    values (consumer, tick, clock_timestamp() + patience)
    on conflict (consumer_id) do update set tick_id = excluded.tick_id, expires = excluded.expires
      where barrier.expires < clock_timestamp();
  return found;
end
$$;

create or replace function londiste.get_barrier(consumer text)
returns bigint language sql
set search_path = pg_catalog, pg_temp
as $$
-- The tick at which the replay has to wait; null if there is no barrier. Locks: none.
  select tick_id from londiste.barrier where consumer_id = consumer and expires > clock_timestamp()
$$;

create or replace function londiste.lift_barrier(consumer text, tick bigint)
returns boolean language sql
set search_path = pg_catalog, pg_temp
as $$
-- Removes the barrier at a tick, so that the replay resumes. Returns whether it still existed; a barrier at another tick is
-- not removed. Locks: the barrier's row.
  with lifted as (
    delete from londiste.barrier where consumer_id = consumer and tick_id = tick returning 1)
  select exists (select from lifted)
$$;
