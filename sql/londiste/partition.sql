-- Partitions of replicated tables by time: made when their first row comes, and dropped when their rows are too old.
--
-- A period is an hour, a day, a week (from Monday), a month or a year in UTC. The rows of a table with a retention are replicated if a
-- condition is true for them (kept_since), which changes only in the transaction that drops partitions.

create or replace function londiste.partition_bounds(tab oid)
returns table (member oid, lower_bound text, upper_bound text) language sql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO'
as $$
-- The partitions of a table that is partitioned by ranges of one column, and their bounds as texts in UTC; null: no bound. Without the
-- default partition. Locks: none.
  select c.oid, nullif(bound[1], 'MINVALUE'), nullif(bound[2], 'MAXVALUE')
    from pg_inherits as i join pg_class as c on c.oid = i.inhrelid,
         regexp_match(pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM \(''?([^'')]+)''?\) TO \(''?([^'')]+)''?\)$') as bound
   where i.inhparent = tab and bound is not null
$$;

create or replace function londiste.partition_problem(table_name text, column_name text)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- Why partitions by time cannot be made for a table.
--   table_name    written name
--   column_name   the column by whose ranges it has to be partitioned
-- Returns what is wrong, and what to do; null: nothing, or there is no such table. Locks: none.
  select case
      when pg_get_partkeydef(c.oid) is distinct from format('RANGE (%I)', column_name) then
        format('it is not partitioned by ranges of column %s, but %s: make it with subscriber add --create, or with create table ... partition by range (%I)',
               column_name, coalesce('by ' || pg_get_partkeydef(c.oid), 'not at all'), column_name)
      when p.partdefid <> 0 then
        format('it has a default partition, %s, and PostgreSQL makes no partition for rows that are there: detach or drop it', p.partdefid::regclass)
      when not pg_has_role(c.relowner, 'usage') then
        format('only its owner can make partitions: ALTER TABLE %s OWNER TO %I, or GRANT %I TO %I', londiste.fqname(c.oid), current_user,
               pg_get_userbyid(c.relowner), current_user)
      end
    from pg_class as c left join pg_partitioned_table as p on p.partrelid = c.oid
   where c.oid = londiste.find_table(partition_problem.table_name)
$$;

create or replace function londiste.partition_name(tab oid, period text, start timestamp)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The name, without its schema, of the partition that begins at this time: that of the table, shortened if need be, and the time. Locks: none.
  select case when octet_length(c.relname || s.suffix) <= 63 then c.relname || s.suffix
              else left(c.relname, greatest(0, 63 - 7 - length(s.suffix) - octet_length(c.relname) + length(c.relname))) || '_' || left(md5(c.relname), 6) || s.suffix end
    from pg_class as c,
         lateral (select '_' || to_char(start, case period when 'hour' then 'YYYY_MM_DD_HH24' when 'month' then 'YYYY_MM' when 'year' then 'YYYY' else 'YYYY_MM_DD' end)
                         || case when start < '0001-01-01' then '_bc' else '' end) as s (suffix)
   where c.oid = tab
$$;

create or replace function londiste.make_partitions(queue text, table_name text, column_values text[])
returns integer language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO'
as $$
-- Makes the partitions that rows need, of a table for which that is declared.
--   queue           name of the provider's queue
--   table_name      written name
--   column_values   the values of the partition's column as texts; null and infinite ones are ignored: no partition is made for them
-- Returns how many were made. Errors: 42704 nothing is declared for the table; 42P17 a partition of another period is where the new one
-- would be; 42P07 its name is taken.
-- Locks: a new partition is attached, which locks the table in SHARE UPDATE EXCLUSIVE MODE: others may read and write it meanwhile.
#variable_conflict use_column
declare
  name    text := londiste.canonical(make_partitions.table_name);
  tab     oid  := londiste.get_table(name);
  s       record;
  type    text;
  part    record;
  made    integer := 0;
begin
  select t.partition_column, t.partition_period into s
    from londiste.subscriber_table as t
   where t.queue_name = queue and t.table_name = name and t.partition_column is not null;
  if not found then
    raise exception 'no partitions are declared for table %, queue "%"', name, queue using errcode = 'undefined_object';
  end if;
  select a.atttypid::regtype::text into type from pg_attribute as a where a.attrelid = tab and a.attname = s.partition_column and not a.attisdropped;
  for part in execute format($sql$
      with bounds as materialized (select b.lower_bound::%1$s as lower, b.upper_bound::%1$s as upper from londiste.partition_bounds($2) as b),
           periods as (select date_trunc(%2$L, value::timestamp) as start, min(value) as first, max(value) as last
                         from (select text::%1$s as value from unnest($1) as text) as given
                        where isfinite(value) group by 1)
      select p.start, quote_literal(p.start::%1$s) as lower, quote_literal((p.start + %3$L::interval)::%1$s) as upper
        from periods as p
       where exists (select from (values (p.first), (p.last)) as v (value)
                      where not exists (select from bounds as b
                                         where coalesce(v.value >= b.lower, true) and coalesce(v.value < b.upper, true)))
       order by p.start $sql$, type, s.partition_period, '1 ' || s.partition_period) using column_values, tab
  loop
    perform londiste.make_partition(tab, londiste.partition_name(tab, s.partition_period, part.start), part.lower, part.upper);
    made := made + 1;
  end loop;
  return made;
end
$$;

create or replace function londiste.make_partition(tab oid, part_name text, lower_bound text, upper_bound text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
-- Makes one partition, with the table's owner and tablespace.
--   tab                        the partitioned table
--   part_name                  the partition's name in the schema of the table
--   lower_bound, upper_bound   as SQL constants
-- Errors and locks: as londiste.make_partitions().
declare
  root  text := londiste.fqname(tab);
  t     record;
  part  text;
begin
  select n.nspname, c.relowner, s.spcname into t
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace left join pg_tablespace as s on s.oid = c.reltablespace
   where c.oid = tab;
  part := format('%I.%I', t.nspname, part_name);
  execute format('create table %s (like %s including all excluding identity excluding indexes excluding comments excluding statistics)%s',
    part, root, case when t.spcname is not null then format(' tablespace %I', t.spcname) else '' end);
  if t.relowner <> (select c.relowner from pg_class as c where c.oid = part::regclass) then
    execute format('alter table %s owner to %I', part, pg_get_userbyid(t.relowner));
  end if;
  execute format('alter table %s attach partition %s for values from (%s) to (%s)', root, part, lower_bound, upper_bound);
end
$$;

create or replace function londiste.kept_since(queue text, consumer text, table_name text)
returns text language plpgsql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO'
as $$
-- From when on the rows of a table are to be kept now, by its retention: the beginning of a period, later than the recorded one.
--   queue        name of the provider's queue
--   consumer     whose last applied tick counts as well: rows are too old only by the clocks of both servers
--   table_name   written name
-- Returns a constant of the column's type, as SQL; null: no other time than the recorded one, or all rows are kept. Locks: none.
#variable_conflict use_column
declare
  name   text := londiste.canonical(kept_since.table_name);
  tab    oid  := londiste.find_table(name);
  s      record;
  since  text;
  later  boolean;
begin
  select t.partition_period, t.retention, t.kept_since, a.atttypid::regtype::text as type into s
    from londiste.subscriber_table as t join pg_attribute as a on a.attrelid = tab and a.attname = t.partition_column and not a.attisdropped
   where t.queue_name = queue and t.table_name = name and t.retention is not null;
  if not found then
    return null;
  end if;
  execute format('select date_trunc($1, least(now(), $2) - $3::interval)::%s::text', s.type) into since
    using s.partition_period,
          (select substring(c.tick_mark from ' of (\S+) at event ')::timestamptz from londiste.completed as c where c.consumer_id = consumer),
          s.retention;
  since := format('%L::%s', since, s.type);
  execute format('select coalesce(%s > %s, true)', since, coalesce(s.kept_since, 'null')) into later;
  return case when later then since end;
end
$$;

create or replace function londiste.expired_tables(queue text, consumer text)
returns table (table_name text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
-- The written names of the tables in sync with rows that may be too old now by their retention. Locks: none.
  select t.table_name
    from londiste.subscriber_table as t
   where t.queue_name = queue and t.retention is not null and t.merge_state = 'ok'
     and londiste.kept_since(queue, consumer, t.table_name) is not null
$$;

create or replace function londiste.drop_partitions(queue text, consumer text, table_name text)
returns setof text language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO'
as $$
-- Drops the partitions of a table whose rows are too old by its retention, and deletes such rows from those that remain.
--   queue        name of the provider's queue
--   consumer     see londiste.kept_since()
--   table_name   written name
-- Returns the written names of the dropped partitions; none if the table is not in sync, or no rows are too old.
-- Errors: 55P03 a lock is not available within lock_timeout, or a comparison runs; 2BP01 a foreign key references a partition.
-- Locks: londiste.lock_tables() alone; londiste.subscriber_table in SHARE ROW EXCLUSIVE MODE, which sync points of comparisons do not
-- allow (keepRows in class SubscribedTables); the table in ACCESS EXCLUSIVE MODE.
#variable_conflict use_column
declare
  name   text := londiste.canonical(drop_partitions.table_name);
  tab    oid;
  col    text;
  since  text;
  part   oid;
begin
  perform londiste.lock_tables(queue, true);
  lock table londiste.subscriber_table in share row exclusive mode nowait;
  since := londiste.kept_since(queue, consumer, name);
  select t.partition_column into col
    from londiste.subscriber_table as t
   where t.queue_name = queue and t.table_name = name and t.merge_state = 'ok' and since is not null for update;
  if not found then
    return;
  end if;
  tab := londiste.get_table(name);
  for part in execute format('select b.member from londiste.partition_bounds($1) as b where b.upper_bound::%s <= %s',
      substring(since from '::(.*)$'), since) using tab
  loop
    return next londiste.fqname(part);
    execute format('drop table %s', part::regclass);
  end loop;
  execute format('delete from %s where %I < %s', londiste.fqname(tab), col, since);
  update londiste.subscriber_table as t set kept_since = since
   where t.queue_name = queue and t.table_name = name;
end
$$;
