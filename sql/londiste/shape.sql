-- The shape of a table: its columns and key, and the properties that matter to capture.

create or replace function londiste.key_columns(tab oid)
returns text[] language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The columns of a table's primary key in the key's order; empty if it has none. Locks: none.
  select coalesce(array_agg(a.attname::text order by k.position), '{}')
    from pg_constraint c
   cross join unnest(c.conkey) with ordinality as k (attnum, position)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
   where c.conrelid = tab and c.contype = 'p'
$$;

create or replace function londiste.table_shape(
  table_name text,
  out "position" integer, out column_name text, out type text, out not_null boolean,
  out generated boolean, out identity text, out key_position integer)
returns setof record language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
-- The columns of a table, to compare two sides and to write rows.
--   table_name   written name
-- Returns one row for each column, in the table's order: its position, name, type (as format_type() prints it), whether it
-- is not null, whether it is generated, how it is an identity ('a' always, 'd' by default, '' not), and its position
-- in the primary key (null: not in it).
-- Errors: 42P01 there is no such table. Locks: none.
#variable_conflict use_column
declare
  tab oid := londiste.get_table(table_name);
begin
  return query
    select row_number() over (order by a.attnum)::integer, a.attname::text, format_type(a.atttypid, a.atttypmod),
           a.attnotnull, a.attgenerated <> '', a.attidentity::text,
           array_position(londiste.key_columns(tab), a.attname::text)
      from pg_attribute a
     where a.attrelid = tab and a.attnum > 0 and not a.attisdropped
     order by a.attnum;
end
$$;

create or replace function londiste.shape_mark(tab oid)
returns bigint language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- A number that changes with what rows of a table are read by: names, types, collations of its columns, and which are generated.
-- If it differs from the number that was read with a shape, the table was altered since. Null: there is no such table. Locks: none.
  select hashtextextended(string_agg(concat_ws(':', a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attgenerated), ',' order by a.attnum), 0)
    from pg_attribute as a
   where a.attrelid = tab and a.attnum > 0 and not a.attisdropped
$$;

create or replace function londiste.base_type(type oid)
returns oid language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The type below any number of domains. Locks: none.
declare
  base oid := type;
begin
  loop
    select typbasetype into base from pg_type where oid = type and typtype = 'd';
    exit when not found;
    type := base;
  end loop;
  return type;
end
$$;

create or replace function londiste.needs_record(tab oid)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether an event must contain a row of this table as record text in addition to JSON, because JSON alone would lose
-- something: array bounds, JSON's null in a json column, or what a type's own cast to json drops.
-- Built-in types other than arrays and JSON are written to JSON by their output function, or as plain numbers and
-- booleans, and are read back exactly.
-- Locks: none.
  select exists (
    select from pg_attribute a
      join pg_type t on t.oid = londiste.base_type(a.atttypid)
     where a.attrelid = tab and a.attnum > 0 and not a.attisdropped
       and (t.oid >= 16384 or t.typtype not in ('b', 'r', 'm') or t.typcategory = 'A'
            or t.oid in ('json'::regtype, 'jsonb'::regtype)))
$$;

create or replace function londiste.is_trusted(type oid)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether a type is PostgreSQL's, a superuser's or this role's. Any other owner may have given it casts to json and text, and
-- those must not run with the rights that capture has. Locks: none.
  select t.oid < 16384 or r.rolsuper or r.rolname = current_user
    from pg_type t join pg_roles r on r.oid = t.typowner where t.oid = londiste.base_type(type)
$$;

create or replace function londiste.value_text(type oid, value text)
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The expression for a value's text; concat() uses no cast. Locks: none.
  select format(case when londiste.is_trusted(type) then '%s::text' else 'concat(%s)' end, value)
$$;

create or replace function londiste.value_json(type oid, value text)
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The expression for a value that is converted to JSON: the value itself, or its text. Locks: none.
  select format(case when londiste.is_trusted(type) then '%1$s' else 'case num_nulls(%1$s) when 0 then concat(%1$s) end' end, value)
$$;

create or replace function londiste.custom_json(tab oid, source text)
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The expression for the JSON of a table's row, if it cannot be to_json() because of a type that is not trusted.
--   source   alias that has the row
-- Returns null if to_json() can be used. Locks: none.
  select case when not bool_and(londiste.is_trusted(atttypid)) then
           format('(select to_json(londiste_fields.*) from (select %s) as londiste_fields)',
             string_agg(format('%s as %I', londiste.value_json(atttypid, format('%I.%I', source, attname)), attname), ', ' order by attnum))
         end
    from pg_attribute where attrelid = tab and attnum > 0 and not attisdropped
$$;

create or replace function londiste.is_parent(tab oid)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether rows of the table may be in others: its partitions, or tables that inherit from it. Locks: none.
  select exists (select from pg_class where oid = tab and relkind = 'p')
      or exists (select from pg_inherits where inhparent = tab)
$$;

create or replace function londiste.inherited_columns(tab oid)
returns text[] language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The quoted names of the columns of a table from which others inherit; null if none does, or it is a partitioned table, whose
-- partitions have no others. Locks: none.
  select array_agg(quote_ident(a.attname) order by a.attnum)
    from pg_class as c
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   where c.oid = tab and c.relkind <> 'p' and exists (select from pg_inherits where inhparent = tab)
$$;

create or replace function londiste.capture_is_row_level(tab oid)
returns boolean language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether changes of the table must be captured row by row: those of partitioned tables and of inheritance trees, whose
-- members may be written directly, which does not fire the statement triggers of the root; and those of a table that is itself such a
-- member, and may be written through the table above. Locks: none.
  select londiste.is_parent(tab) or exists (select from pg_inherits where inhrelid = tab)
$$;

create or replace function londiste.tree(root oid)
returns table (member oid, leaf boolean, partitioned boolean) language sql stable strict rows 10
set search_path = pg_catalog, pg_temp
as $$
-- The tables below and including a root: partitions and inheritance children at any depth. Leaf: it may have
-- rows of its own. Partitioned: the root is a partitioned table. Locks: none.
  with recursive t (member) as (
    select root
     union
    select i.inhrelid from t join pg_inherits i on i.inhparent = t.member)
  select t.member, c.relkind <> 'p', (select relkind = 'p' from pg_class where oid = root)
    from t join pg_class c on c.oid = t.member
$$;

create or replace function londiste.unlogged_part(root oid)
returns text language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The written name of an unlogged table in the tree of a root; null if there is none. Locks: none.
  select min(londiste.fqname(c.oid)) from londiste.tree(root) as t join pg_class as c on c.oid = t.member where c.relpersistence = 'u'
$$;

create or replace function londiste.disturbing_triggers(relations text)
returns text language sql immutable strict
set search_path = pg_catalog, pg_temp
as $$
-- A query for the triggers of some relations that may change rows between their change by a statement and the capture of
-- that change: triggers of users (other than those before a whole statement), and foreign keys that propagate updates.
--   relations   the condition for t.tgrelid
-- Locks: none.
  select 'select from pg_trigger as t join pg_proc as p on p.oid = t.tgfoid join pg_namespace as n on n.oid = p.pronamespace'
         ' where t.tgrelid ' || relations || ' and t.tgenabled <> ''D'''
         ' and case when t.tgisinternal and t.tgconstraint <> 0'
         ' then p.proname in (''RI_FKey_cascade_upd'', ''RI_FKey_setnull_upd'', ''RI_FKey_setdefault_upd'')'
         ' else n.nspname not in (''londiste'', ''pgq'') and p.prolang <> (select oid from pg_language where lanname = ''internal'')'
         ' and t.tgtype & 28 <> 0 and t.tgtype & 3 <> 2 end'
$$;

create or replace function londiste.is_disturbed(tab oid)
returns boolean language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- Whether the table, or one below it, has londiste.disturbing_triggers(). Locks: none.
declare
  found_any boolean;
begin
  execute 'select exists (' || londiste.disturbing_triggers('in (select member from londiste.tree($1))') || ')' into found_any using tab;
  return found_any;
end
$$;

create or replace function londiste.most_thorough_level(tab oid)
returns integer language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- The level (londiste.capture_level) for statements during which the table was changed by others: 2, or 0 if there is no key or this role
-- cannot read all rows. Locks: none.
  select case when londiste.key_columns(tab) = '{}' or not has_table_privilege(tab, 'select') or row_security_active(tab) then 0 else 2 end
$$;

create or replace function londiste.capture_level(tab oid)
returns integer language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
-- How thoroughly captured rows must be compared with the table as it is when they are captured (see event.sql).
-- Returns 0 not at all, because row triggers fire in the rows' order, or there is no key, or this role cannot read all
-- rows; 1 only deleted rows; 2 all rows. Locks: none.
  select case when londiste.most_thorough_level(tab) = 0 then 0
              when londiste.is_disturbed(tab) then 2
              when not londiste.capture_is_row_level(tab)
                or exists (select from pg_constraint where conrelid = tab and contype = 'p' and condeferrable) then 1
              else 0 end
$$;

create or replace function londiste.capture_shape(tab regclass, members regclass[] default '{}')
returns text language plpgsql immutable strict
set search_path = pg_catalog, pg_temp
as $$
-- What the statements that capture a table depend on, as one text: its name and key columns, whether rows need their
-- record text, how thoroughly they must be compared with the table, whether their JSON is a custom one, and the columns
-- if others inherit from it.
--
-- It is declared immutable though it reads the catalog. With the table as a constant, it is therefore computed once,
-- when a plan is made; and PostgreSQL discards a plan as soon as a relation that it mentions is altered. So the
-- comparison in every trigger function costs nothing and is never out of date.
--   members   constants of the tables below, each by itself, only so that the plan mentions them as well: creating a trigger on a
--             partition does not alter its root
-- Locks: none.
begin
  return concat_ws(' ', londiste.fqname(tab), array_to_json(londiste.key_columns(tab)),
                   case when londiste.needs_record(tab) then 'record' end, londiste.capture_level(tab),
                   md5(londiste.custom_json(tab, 'londiste_row')), md5(londiste.inherited_columns(tab)::text));
end
$$;
