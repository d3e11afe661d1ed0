-- What the bulk loader needs in the database that it loads. Run this file there once.

create schema bulk_loader;

create table bulk_loader.tables (
    source text primary key,    -- schema.table where the changes are written, without quotes
    target regclass not null,   -- the table here that gets them
    json_texts boolean not null default true  -- whether PgQ's triggers write the changes, whose values of type json are texts
);

-- The last batch that was loaded.
create table bulk_loader.position (
    loader    text primary key,
    tick      bigint not null,
    tick_time timestamptz not null
);

-- What the pages of a batch that have arrived leave of each row, until the last page is there.
create table bulk_loader.staged (
    loader  text,
    tick    bigint,
    target  regclass,
    key     jsonb,              -- {}: the table was emptied
    event   bigint not null,
    data    jsonb,              -- null: the row has gone
    keys    text[] not null,    -- names of columns, quoted
    columns text[],
    primary key (loader, tick, target, key)
);

create function bulk_loader.parsed(i_target regclass, i_texts jsonb) returns jsonb
language sql stable
as $$
-- The row with the texts in columns of type json and jsonb parsed.
select i_texts || coalesce(
    (select jsonb_object_agg(a.attname, (i_texts->>a.attname)::jsonb)
     from pg_attribute a join pg_type t on t.oid = a.atttypid
     where a.attrelid = i_target and a.attnum > 0 and not a.attisdropped
       and coalesce(nullif(t.typbasetype, 0), t.oid) in ('json'::regtype, 'jsonb'::regtype)
       and jsonb_typeof(i_texts->a.attname) = 'string'), '{}')
$$;

create function bulk_loader.load(i_loader text, i_tick bigint, i_tick_time timestamptz, i_changes jsonb, i_last boolean)
returns void
language plpgsql
as $$
-- Takes a page of a batch, and with its last page loads the batch, in the same transaction. A batch that was loaded is ignored
-- when it comes again.
-- i_tick, i_tick_time   the tick with which the batch ends
-- i_changes             an array of TableChange
declare
    v_loaded bulk_loader.position;
    v_target regclass;
begin
    insert into bulk_loader.position values (i_loader, 0, '-infinity') on conflict do nothing;
    select * into v_loaded from bulk_loader.position where loader = i_loader for update;
    if (v_loaded.tick, v_loaded.tick_time) = (i_tick, i_tick_time) then
        return;
    elsif v_loaded.tick >= i_tick then
        raise exception '% has loaded tick % of %, and now gets tick % of %',
                i_loader, v_loaded.tick, v_loaded.tick_time, i_tick, i_tick_time
            using hint = 'The queue is not the one it was, as after a fail-over or a restore. Compare the tables, then delete the row in bulk_loader.position.';
    end if;

    insert into bulk_loader.staged
    select distinct on (t.target, k.key) i_loader, i_tick, t.target, k.key, c."eventId",
        case when t.json_texts then bulk_loader.parsed(t.target, k.data) else k.data end,
        array(select quote_ident(n) from jsonb_object_keys(k.key) n),
        case when k.data is not null then array(select quote_ident(n) from jsonb_object_keys(k.data) n) end
    from jsonb_to_recordset(i_changes)
        as c (schema text, "table" text, key jsonb, "oldKey" jsonb, after jsonb, "eventId" bigint)
    join bulk_loader.tables t on t.source = c.schema || '.' || c."table"
    cross join lateral (values (c.key, c.after), (c."oldKey", null)) k (key, data)
    where k.key is not null
    order by t.target, k.key, c."eventId" desc, k.data is null
    on conflict (loader, tick, target, key) do update
        set event = excluded.event, data = excluded.data, keys = excluded.keys, columns = excluded.columns
        where staged.event < excluded.event;

    if i_last then
        for v_target in select distinct target from bulk_loader.staged where (loader, tick) = (i_loader, i_tick) loop
            perform bulk_loader.load_table(i_loader, i_tick, v_target);
        end loop;
        delete from bulk_loader.staged where loader = i_loader and tick <= i_tick;
        update bulk_loader.position set tick = i_tick, tick_time = i_tick_time where loader = i_loader;
    end if;
end
$$;

create function bulk_loader.load_table(i_loader text, i_tick bigint, i_target regclass) returns void
language plpgsql
as $$
-- Loads what is staged for a table: rows that have gone first, then the others, with one statement for each set of columns.
declare
    v_emptied bigint;
    v_keys    text[];
    v_columns text[];
begin
    delete from bulk_loader.staged
        where (loader, tick, target) = (i_loader, i_tick, i_target) and key = '{}' and data is null
        returning event into v_emptied;
    if v_emptied is not null then
        execute format('truncate %s', i_target);
        delete from bulk_loader.staged where (loader, tick, target) = (i_loader, i_tick, i_target) and event < v_emptied;
    end if;

    for v_keys, v_columns in
        select distinct keys, columns from bulk_loader.staged
        where (loader, tick, target) = (i_loader, i_tick, i_target) order by 2 nulls first
    loop
        if v_keys = '{}' then
            raise exception 'changes for % have no key', i_target
                using hint = 'Give the table they come from a primary key, or its trigger the option pkey=.';
        end if;
        execute bulk_loader.statement(i_target, v_keys, v_columns)
            using i_loader, i_tick, i_target, v_keys, v_columns;
    end loop;
end
$$;

create function bulk_loader.statement(i_target regclass, i_keys text[], i_columns text[]) returns text
language sql
as $$
-- The statement for rows with these columns; for rows that have gone if there are none.
select case when i_columns is null then
    format('delete from %1$s t using bulk_loader.staged s, jsonb_populate_record(null::%1$s, s.key) k where %2$s and (%3$s) = (%4$s)',
        i_target, v.staged, v.of_target, v.of_key)
else
    format('insert into %1$s (%2$s) overriding system value'
            ' select %3$s from bulk_loader.staged s, jsonb_populate_record(null::%1$s, s.data) r where %4$s on conflict (%5$s) do %6$s',
        i_target, array_to_string(i_columns, ', '), v.of_row, v.staged, array_to_string(i_keys, ', '),
        coalesce('update set ' || v.assignments, 'nothing'))
end
from (select
    's.loader = $1 and s.tick = $2 and s.target = $3 and s.keys = $4 and s.columns is not distinct from $5' as staged,
    (select string_agg('t.' || c, ', ') from unnest(i_keys) c) as of_target,
    (select string_agg('k.' || c, ', ') from unnest(i_keys) c) as of_key,
    (select string_agg('r.' || c, ', ') from unnest(i_columns) c) as of_row,
    (select string_agg(c || ' = excluded.' || c, ', ') from unnest(i_columns) c where c <> all (i_keys)) as assignments) v
$$;
