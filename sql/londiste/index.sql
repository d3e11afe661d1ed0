-- Indexes and their constraints: dropped before a copy loads its rows and built afterwards, all in its transaction.

create or replace function londiste.index_statements(index oid)
returns setof text language plpgsql stable strict
set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
as $$
-- The statements that create an index exactly as it is, in their order: with its constraint, tablespace, storage parameters,
-- statistics targets, comments, CLUSTER mark and replica identity. To be run in one transaction, whose default_tablespace
-- they change. Locks: none.
declare
  i        record;
  alter_   text;
  options  text;
begin
  select x.*, c.relname as name, am.amname, t.spcname, k.oid as constraint_, k.contype, k.condeferrable, k.condeferred
    into strict i
    from pg_index x
    join pg_class c on c.oid = x.indexrelid
    join pg_am am on am.oid = c.relam
    left join pg_tablespace t on t.oid = c.reltablespace
    left join pg_constraint k on k.conindid = x.indexrelid and k.conrelid = x.indrelid and k.contype in ('p', 'u', 'x')
   where x.indexrelid = index;
  alter_ := format('alter table only %s ', i.indrelid::regclass);

  return next format('set local default_tablespace = %L', coalesce(i.spcname, ''));
  if i.constraint_ is null or i.amname = 'btree' and i.contype in ('p', 'u') then
    return next pg_get_indexdef(index);
    if i.constraint_ is not null then
      return next alter_ || format('add constraint %I %s using index %1$I', i.name, case i.contype when 'p' then 'primary key' else 'unique' end)
                         || case when i.condeferrable then ' deferrable' else '' end
                         || case when i.condeferred then ' initially deferred' else '' end;
    end if;
  else
    return next alter_ || format('add constraint %I %s', i.name, pg_get_constraintdef(i.constraint_));
    select string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') into options
      from pg_class c, unnest(c.reloptions) as o where c.oid = index;
    if options is not null then -- some definitions leave them out
      return next format('alter index %s set (%s)', index::regclass, options);
    end if;
  end if;
  return query
    select format('alter index %s alter column %s set statistics %s', index::regclass, a.attnum, a.attstattarget)
      from pg_attribute a where a.attrelid = index and a.attstattarget >= 0;
  return query
    select format('comment on %s is %L', o.what, o.comment)
      from (values (format('index %s', index::regclass), obj_description(index, 'pg_class')),
                   (format('constraint %I on %s', i.name, i.indrelid::regclass), obj_description(i.constraint_, 'pg_constraint'))) as o (what, comment)
     where o.comment is not null;
  if i.indisclustered then
    return next alter_ || format('cluster on %I', i.name);
  end if;
  if i.indisreplident then
    return next alter_ || format('replica identity using index %I', i.name);
  end if;
end
$$;

create or replace function londiste.subscriber_drop_indexes(table_name text)
returns setof text language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Drops the indexes of a plain table, with their unique, primary key and exclusion constraints, in the caller's transaction,
-- which has to run the returned statements before it commits: they create the indexes again.
--
-- An index stays if it could not be created exactly as it is (it is invalid; an extension depends on it or owns it; this role
-- may not create one there) or if other objects need it: a view that groups by the primary key, a foreign key that was not
-- dropped, an index of a partitioned table that it is part of. All stay if a trigger fires on the loaded rows, since it may
-- read rows by index.
-- Errors: 42P01 no such table. Locks: ACCESS EXCLUSIVE on the table, which TRUNCATE already holds.
#variable_conflict use_column
declare
  tab         oid := londiste.get_table(subscriber_drop_indexes.table_name);
  i           record;
  statements  text[];
begin
  if exists (select from pg_trigger t
              where t.tgrelid = tab and t.tgenabled <> 'D' and t.tgtype & 4 <> 0 and not t.tgisinternal
                and t.tgfoid <> 'londiste.guard()'::regprocedure) then
    return;
  end if;
  for i in
    select x.indexrelid, c.relname as name,
           exists (select from pg_constraint k
                    where k.conindid = x.indexrelid and k.conrelid = tab and k.contype in ('p', 'u', 'x')) as of_constraint
      from pg_index x
      join pg_class c on c.oid = x.indexrelid
     where x.indrelid = tab and x.indisvalid and x.indisready and x.indislive
       and (c.reltablespace = 0 or has_tablespace_privilege(c.reltablespace, 'create'))
       and has_schema_privilege(c.relnamespace, 'create')
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = x.indexrelid
                                                 and d.refclassid = 'pg_extension'::regclass)
     order by x.indexrelid
  loop
    statements := array(select londiste.index_statements(i.indexrelid));
    begin
      execute case when i.of_constraint then format('alter table only %s drop constraint %I', tab::regclass, i.name)
                   else format('drop index %s', i.indexrelid::regclass) end;
      return query select unnest(statements);
    exception when dependent_objects_still_exist or insufficient_privilege then
      raise debug 'index % of table % stays: %', i.name, subscriber_drop_indexes.table_name, sqlerrm;
    end;
  end loop;
end
$$;
