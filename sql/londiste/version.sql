-- The version of schema londiste.

create or replace function londiste.version()
returns integer language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
-- The number of the last upgrade step (upgrade/) of the schema; 0 if there is none. A program works only with the version
-- that has the same steps. Every role that may use the schema may call it. Locks: none.
  select coalesce(max(nr), 0) from londiste.upgrade
$$;
