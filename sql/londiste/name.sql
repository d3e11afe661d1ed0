-- Table names: one written form, schema.name, that is unambiguous.

create or replace function londiste.fqname(schema_name text, table_name text)
returns text language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
-- The written form of a table's name: both parts with a dot between; a part is in double quotes
-- only where it is not a plain lower-case word.
--   schema_name, table_name   as the catalog has them
-- Returns the written form. Locks: none.
  select string_agg(
           case when part ~ '^[a-z_][a-z0-9_$]*$' then part else '"' || replace(part, '"', '""') || '"' end,
           '.' order by position)
    from unnest(array[schema_name, table_name]) with ordinality as p (part, position)
$$;

create or replace function londiste.fqname(tab oid)
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The written form of the name of the table with this oid; null if there is none. Locks: none.
  select londiste.fqname(n.nspname::text, c.relname::text)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.oid = tab
$$;

create or replace function londiste.parse_name(written text, out schema_name text, out table_name text)
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
-- Reads the written form of a table's name. Without a schema, public is assumed. Unquoted parts are taken
-- as they are: nothing is folded to lower case.
-- Returns the two parts as the catalog has them. Errors: 42602 it is not a table name. Locks: none.
declare
  parts text[];
begin
  parts := regexp_match(written, '^(?:("(?:[^"]|"")+"|[^".]+)[.])?("(?:[^"]|"")+"|[^".]+)$');
  if parts is null then
    raise exception 'not a table name: %', written using errcode = 'invalid_name';
  end if;
  parts[1] := coalesce(parts[1], 'public');
  for i in 1..2 loop
    if parts[i] like '"%' then
      parts[i] := replace(substr(parts[i], 2, length(parts[i]) - 2), '""', '"');
    end if;
  end loop;
  schema_name := parts[1];
  table_name := parts[2];
end
$$;

create or replace function londiste.canonical(written text)
returns text language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
-- The canonical spelling of a table's name: with its schema, quoted only where needed.
-- Errors: 42602 it is not a table name. Locks: none.
  select londiste.fqname(n.schema_name, n.table_name) from londiste.parse_name(written) as n
$$;

create or replace function londiste.find_table(written text)
returns oid language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The oid of the (possibly partitioned) table with this name; null if there is none.
-- Errors: 42602 it is not a table name. Locks: none.
  select c.oid
    from londiste.parse_name(written) as p
    join pg_namespace n on n.nspname = p.schema_name
    join pg_class c on c.relnamespace = n.oid and c.relname = p.table_name
   where c.relkind in ('r', 'p')
$$;

create or replace function londiste.get_table(written text)
returns oid language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The oid of the (possibly partitioned) table with this name.
-- Errors: 42P01 there is no such table; 42602 it is not a table name. Locks: none.
declare
  tab oid := londiste.find_table(written);
begin
  if tab is null then
    raise exception 'table % does not exist in database %', londiste.canonical(written), current_database()
      using errcode = 'undefined_table';
  end if;
  return tab;
end
$$;
