-- What the table dispatcher needs in the database that gets the rows. Run this file there once.

create schema table_dispatcher;

-- The last event whose row was inserted, and the tick with which its batch ends.
create table table_dispatcher.position (
    dispatcher text primary key,
    tick       bigint not null,
    tick_time  timestamptz not null,
    event      bigint not null
);

create function table_dispatcher.dispatch(
    i_dispatcher text, i_tick bigint, i_tick_time timestamptz, i_changes jsonb,
    i_source text, i_target regclass, i_fields text, i_part_field text, i_part_mode text, i_json_texts boolean)
returns void
language plpgsql
set timezone = 'UTC' set datestyle = 'ISO'  -- periods must not depend on the session's settings
as $$
-- Inserts the new rows of a page of a batch, in one transaction with the number of its last event. Events that were processed
-- before are ignored when they come again.
-- i_tick, i_tick_time   the tick with which the batch ends
-- i_changes             an array of TableChange
-- i_source              schema.table whose new rows are meant
-- i_target              the partitioned table
-- i_fields              the columns to take, with other names if need be: a, b:other; or *
-- i_part_field          the target's column by which it is partitioned
-- i_part_mode           hourly, daily, monthly or yearly
-- i_json_texts          whether PgQ's triggers have written the changes, whose values of type json are texts
declare
    v_done table_dispatcher.position;
    v_rows jsonb;
    v_last bigint;
begin
    insert into table_dispatcher.position values (i_dispatcher, 0, '-infinity', 0) on conflict do nothing;
    select * into v_done from table_dispatcher.position where dispatcher = i_dispatcher for update;
    if v_done.tick > i_tick or v_done.tick = i_tick and v_done.tick_time <> i_tick_time then
        raise exception '% is at tick % of %, and now gets tick % of %',
                i_dispatcher, v_done.tick, v_done.tick_time, i_tick, i_tick_time
            using hint = 'The queue is not the one it was, as after a fail-over or a restore. Compare the rows, then delete the row in table_dispatcher.position.';
    end if;

    select jsonb_agg(case when i_json_texts then table_dispatcher.parsed(i_target, r) else r end), max(c."eventId")
    into v_rows, v_last
    from jsonb_to_recordset(i_changes) as c (operation text, schema text, "table" text, after jsonb, "eventId" bigint)
    cross join table_dispatcher.chosen(c.after, i_fields) r
    where c.operation = 'INSERT' and c.schema || '.' || c."table" = i_source
        and (v_done.tick < i_tick or c."eventId" > v_done.event);
    if v_rows is not null then
        perform table_dispatcher.make_partitions(v_rows, i_target, i_part_field, i_part_mode);
        perform table_dispatcher.insert_rows(v_rows, i_target);
        update table_dispatcher.position set tick = i_tick, tick_time = i_tick_time, event = v_last
            where dispatcher = i_dispatcher;
    end if;
end
$$;

create function table_dispatcher.chosen(i_row jsonb, i_fields text) returns jsonb
language plpgsql immutable
as $$
-- The chosen fields of a row, under the names that they get.
declare
    v_field  text;
    v_from   text;
    v_chosen jsonb := '{}';
begin
    if i_fields = '*' then
        return i_row;
    end if;
    foreach v_field in array string_to_array(i_fields, ',') loop
        v_from := btrim(split_part(v_field, ':', 1));
        if not i_row ? v_from then
            raise exception 'route.fields: a row has no field %, only %', v_from, array(select jsonb_object_keys(i_row));
        end if;
        v_chosen := v_chosen
            || jsonb_build_object(coalesce(nullif(btrim(split_part(v_field, ':', 2)), ''), v_from), i_row -> v_from);
    end loop;
    return v_chosen;
end
$$;

create function table_dispatcher.parsed(i_target regclass, i_texts jsonb) returns jsonb
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

create function table_dispatcher.make_partitions(i_rows jsonb, i_target regclass, i_part_field text, i_part_mode text)
returns void
language plpgsql
as $$
-- Makes the partitions that the rows need and that do not exist. Their names are those of SkyTools: TARGET_2026_11_30.
declare
    v_unit      constant text := case i_part_mode
        when 'hourly' then 'hour' when 'daily' then 'day' when 'monthly' then 'month' when 'yearly' then 'year' end;
    v_format    constant text := case v_unit
        when 'hour' then 'YYYY_MM_DD_HH24' when 'day' then 'YYYY_MM_DD' when 'month' then 'YYYY_MM' else 'YYYY' end;
    v_from      timestamp;
    v_partition text;
begin
    if v_unit is null then
        raise exception 'route.part_mode is %: it has to be hourly, daily, monthly or yearly', i_part_mode;
    end if;
    for v_from in execute format(
        'select distinct date_trunc(%L, %I) from jsonb_populate_recordset(null::%s, $1) where %2$I is not null',
        v_unit, i_part_field, i_target) using i_rows
    loop
        select format('%I.%I', n.nspname, c.relname || to_char(v_from, '_' || v_format)) into v_partition
            from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = i_target;
        if to_regclass(v_partition) is null then
            execute format('create table %s partition of %s for values from (%L) to (%L)',
                v_partition, i_target, v_from, v_from + ('1 ' || v_unit)::interval);
        end if;
    end loop;
end
$$;

create function table_dispatcher.insert_rows(i_rows jsonb, i_target regclass) returns void
language plpgsql
as $$
-- Inserts the rows, with one statement for each set of columns.
declare
    v_columns text[];
begin
    for v_columns in
        select distinct array(select quote_ident(n) from jsonb_object_keys(r) n) from jsonb_array_elements(i_rows) r
    loop
        execute format('insert into %1$s (%2$s) overriding system value'
                ' select %3$s from jsonb_array_elements($1) e, jsonb_populate_record(null::%1$s, e) r'
                ' where array(select quote_ident(n) from jsonb_object_keys(e) n) = $2',
            i_target, array_to_string(v_columns, ', '),
            (select string_agg('r.' || c, ', ') from unnest(v_columns) c))
            using i_rows, v_columns;
    end loop;
end
$$;
