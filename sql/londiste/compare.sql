-- Comparing with the provider: a barrier has the replay stand still at a tick, so that its state can be looked at.

create or replace function londiste.set_barrier(consumer text, tick bigint, patience interval)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Has the replay stand still when it comes to a tick, for as long as the barrier is there. To be committed before the tick
-- becomes visible on the provider, lest the replay has passed it.
--   consumer   the replay's consumer
--   tick       where to stand
--   patience   after this long the barrier is of no account any more, whatever became of its maker
-- Returns false if another barrier holds the replay; nothing is changed then. Locks: the barrier's row.
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
-- The tick where the replay is to stand still; null when there is none. Locks: none.
  select tick_id from londiste.barrier where consumer_id = consumer and expires > clock_timestamp()
$$;

create or replace function londiste.lift_barrier(consumer text, tick bigint)
returns boolean language sql
set search_path = pg_catalog, pg_temp
as $$
-- Lets the replay go on from a tick. Returns whether the barrier was still there; another's is left alone.
  with lifted as (
    delete from londiste.barrier where consumer_id = consumer and tick_id = tick returning 1)
  select exists (select from lifted)
$$;
