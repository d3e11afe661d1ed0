-- Which state of schema londiste is installed.

create or replace function londiste.version()
returns integer language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
-- The last step of upgrade/ that the schema has; 0 if there is none. A program works with the schema whose steps it knows.
-- For everybody who may use the schema. Locks: none.
  select coalesce(max(nr), 0) from londiste.upgrade
$$;
