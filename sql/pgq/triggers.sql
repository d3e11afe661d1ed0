-- Trigger functions that turn changed rows into events:
--     create trigger ... after insert or update or delete on ... for each row execute function pgq.jsontriga('queue', option, ...)
--     create trigger ... after truncate on ... for each statement execute function pgq.jsontriga('queue')
-- The event inserted is
--                 sqltriga                   logutriga                  jsontriga
--     ev_type     I, U, D, R                 I:key,key  U:...  D:... R  {"op":"INSERT","table":[schema,name],"pkey":[key]}
--     ev_data     the rest of a statement    column=value&... urlenc.   {"column":value,...}
--     ev_extra1   schema.table, as it is, without quotes
--     ev_extra2   with option backup: the row before an UPDATE; urlencoded, with jsontriga JSON
-- Options:
--     SKIP              the row is not written; only in BEFORE and INSTEAD OF triggers
--     ignore=col,...    columns that do not appear; an UPDATE that changes nothing else is no event
--     pkey=col,...      the key; without it the table's primary key
--     backup            see ev_extra2
--     deny              any change is refused
--     when=EXPR         SQL over the row's columns: no event where it is false
--     ev_type=EXPR ...  ev_data, ev_extra1 to ev_extra4 likewise: SQL over the row's columns gives the field
-- Expressions see the new row, or for a DELETE the deleted one, and run with the rights of the writing role. In columns named
-- _pgq_ev_type, _pgq_ev_data, _pgq_ev_extra1 to 4 the row itself has the event's fields; they are not part of the data.
-- The triggers write no events while session_replication_role is local.

create or replace function pgq._trigger_options(
    in i_op text, in i_when text, in i_level text, in i_relid oid, in i_args text[],
    out queue text, out skip boolean, out backup boolean, out ignored text[], out keys text[], out exprs jsonb)
language plpgsql stable
as $$
-- Reads and checks the arguments of a trigger. See the top of triggers.sql, in short: \sf pgq.jsontriga.
-- i_op .. i_args   tg_op, tg_when, tg_level, tg_relid, tg_argv
-- exprs            expressions by option name, ev_type to ev_extra4 and when
-- Errors: 22023 an argument is wrong; 39P01 the trigger is declared wrongly; 42P16 there is no key; 42501 option deny.
declare
    v_table constant text := i_relid::pg_catalog.regclass;
    v_arg   text;
    v_name  text;
    v_custom_key boolean := false;
begin
    skip := false; backup := false; ignored := '{}'; keys := '{}'; exprs := '{}';
    queue := i_args[pg_catalog.array_lower(i_args, 1)];
    if queue is null then
        raise exception 'trigger on table %: the first argument must be a queue''s name', v_table
            using errcode = 'invalid_parameter_value';
    end if;
    if (i_op = 'TRUNCATE') <> (i_level = 'STATEMENT') then
        raise exception 'trigger on table %: INSERT, UPDATE and DELETE need a trigger FOR EACH ROW', v_table
            using errcode = 'trigger_protocol_violated';
    end if;

    foreach v_arg in array i_args[pg_catalog.array_lower(i_args, 1) + 1 :] loop
        v_name := pg_catalog.split_part(v_arg, '=', 1);
        if v_arg = 'SKIP' then
            skip := true;
        elsif v_arg = 'backup' then
            backup := true;
        elsif v_arg = 'deny' then
            raise exception 'table %: % is not allowed (it is bound to queue "%")', v_table, i_op, queue
                using errcode = 'insufficient_privilege';
        elsif v_arg ~ '^ignore=' then
            ignored := ignored || pg_catalog.regexp_split_to_array(pg_catalog.btrim(pg_catalog.substr(v_arg, 8)), '[[:space:]]*,[[:space:]]*');
        elsif v_arg ~ '^pkey=' then
            keys := pg_catalog.array_remove(
                pg_catalog.regexp_split_to_array(pg_catalog.btrim(pg_catalog.substr(v_arg, 6)), '[[:space:]]*,[[:space:]]*'), '');
            v_custom_key := true;
        elsif v_arg ~ '^(when|ev_type|ev_data|ev_extra[1-4])=' then
            exprs := exprs || pg_catalog.jsonb_build_object(v_name, pg_catalog.substr(v_arg, pg_catalog.length(v_name) + 2));
        else
            raise exception 'trigger on table %: unknown option "%"', v_table, v_arg using errcode = 'invalid_parameter_value';
        end if;
    end loop;

    if skip and i_when = 'AFTER' then
        raise exception 'trigger on table %: SKIP needs a BEFORE trigger', v_table using errcode = 'trigger_protocol_violated';
    end if;
    if i_op = 'TRUNCATE' and (backup or v_custom_key or ignored <> '{}' or exprs <> '{}') then
        raise exception 'trigger on table %: a TRUNCATE trigger has no row, so only SKIP and deny make sense', v_table
            using errcode = 'invalid_parameter_value';
    end if;
    if not v_custom_key then
        keys := array(
            select a.attname
            from pg_catalog.pg_index i, pg_catalog.unnest(i.indkey) with ordinality k (attnum, position)
            join pg_catalog.pg_attribute a on a.attrelid = i_relid and a.attnum = k.attnum
            where i.indrelid = i_relid and i.indisprimary
            order by k.position);
    end if;
    if keys = '{}' and i_op in ('UPDATE', 'DELETE') then
        raise exception 'table %: % cannot be queued without a primary key', v_table, i_op
            using errcode = 'invalid_table_definition', hint = 'The trigger option pkey= can name other columns.';
    end if;
end
$$;

create or replace function pgq._trigger_row(
    i_kind text, i_op text, i_when text, i_level text, i_relid oid, i_args text[], i_new anyelement, i_old anyelement)
returns boolean
language plpgsql volatile
as $$
-- Inserts the event, or events, of a changed row. An UPDATE that changes the key is two with url and json, DELETE of the
-- old row and INSERT of the new one; with sql it is one event, whose condition has the old key.
-- i_kind           sql, url or json
-- i_op .. i_args   tg_op, tg_when, tg_level, tg_relid, tg_argv
-- i_new, i_old     the rows; for INSERT and DELETE both are the same row
-- Returns true if the row itself is to be skipped.
-- Errors: see _trigger_options; 22004 when= gives null; pgq.insert_event's, for which the writer needs the right.
declare
    o         record;
    c         record;
    v_new     text[];
    v_old     text[];
    v_hidden  text[];
    v_changed text[];
    v_op      text;
    v_values  text[];
    v_event   text[];
    v_at      integer;
    v_field   text;
    v_fields  constant text[] := array['ev_type', 'ev_data', 'ev_extra1', 'ev_extra2', 'ev_extra3', 'ev_extra4'];
begin
    if pg_catalog.current_setting('session_replication_role') = 'local' then
        return false;
    end if;
    select * into o from pgq._trigger_options(i_op, i_when, i_level, i_relid, i_args);
    select * into c from pgq._columns(i_relid);
    v_new := pgq._row_values(i_new, c.names, c.types, false);
    v_old := case i_op when 'UPDATE' then pgq._row_values(i_old, c.names, c.types, false) else v_new end;
    v_changed := array(
        select n from unnest(c.names, c.generated, v_new, v_old) x (n, g, v, p)
        where v is distinct from p and not (g and i_when = 'BEFORE'));  -- generated columns are not computed before
    v_hidden := o.ignored;
    if i_kind = 'sql' then
        v_hidden := v_hidden || array(
            select n from unnest(c.names, c.generated) x (n, g) where g or n ~ '^_pgq_ev_');
    end if;
    if v_changed <> '{}' and v_changed <@ v_hidden then
        return o.skip;
    end if;
    if o.exprs ? 'when' then
        v_field := pgq._row_expression(i_new, i_relid, o.exprs ->> 'when');
        if v_field is null then
            raise exception 'table %: trigger option when=% gives null', i_relid::pg_catalog.regclass, o.exprs ->> 'when'
                using errcode = 'null_value_not_allowed';
        elsif not v_field::boolean then
            return o.skip;
        end if;
    end if;

    foreach v_op in array case when i_op = 'UPDATE' and i_kind <> 'sql' and v_changed && o.keys
                               then array['DELETE', 'INSERT'] else array[i_op] end loop
        v_values := case v_op when 'DELETE' then v_old else v_new end;
        v_event := array[
            pgq._event_type(i_kind, v_op, i_relid, o.keys),
            case i_kind
                when 'sql' then pgq._statement_tail(v_op, c.names, v_new, v_old, o.keys, v_hidden)
                when 'url' then pgq._encode_row(i_kind, c.names, v_values, v_hidden)
                else pgq._encode_row(i_kind, c.names,
                    pgq._row_values(case v_op when 'DELETE' then i_old else i_new end, c.names, c.types, true), v_hidden)
            end,
            pgq._plain_name(i_relid),
            case when o.backup and v_op = 'UPDATE' then pgq._encode_row(i_kind, c.names,
                case i_kind when 'json' then pgq._row_values(i_old, c.names, c.types, true) else v_old end, o.ignored) end,
            null, null];
        for i in 1 .. 6 loop
            v_at := pg_catalog.array_position(c.names, '_pgq_' || v_fields[i]);
            if o.exprs ? v_fields[i] then
                v_event[i] := pgq._row_expression(
                    case v_op when 'DELETE' then i_old else i_new end, i_relid, o.exprs ->> v_fields[i]);
            elsif v_at is not null then
                v_event[i] := v_values[v_at];
            end if;
        end loop;
        perform pgq.insert_event(o.queue, v_event[1], v_event[2], v_event[3], v_event[4], v_event[5], v_event[6]);
    end loop;
    return o.skip;
end
$$;

create or replace function pgq._plain_name(i_relid oid) returns text
language sql stable
as $$
-- schema.table without quotes.
select n.nspname || '.' || c.relname
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = i_relid;
$$;

create or replace function pgq._trigger_truncate(i_kind text, i_when text, i_relid oid, i_args text[]) returns void
language plpgsql volatile
as $$
-- Inserts the event of a TRUNCATE. Arguments as _trigger_row has them.
declare
    o record;
begin
    if pg_catalog.current_setting('session_replication_role') = 'local' then
        return;
    end if;
    select * into o from pgq._trigger_options('TRUNCATE', i_when, 'STATEMENT', i_relid, i_args);
    perform pgq.insert_event(o.queue, pgq._event_type(i_kind, 'TRUNCATE', i_relid, o.keys),
            case i_kind when 'json' then '{}' else '' end, pgq._plain_name(i_relid), null, null, null);
end
$$;

create or replace function pgq.sqltriga() returns trigger
language plpgsql volatile
as $$
-- Trigger function: a changed row becomes an event with the rest of an SQL statement as data.
-- Arguments: the queue's name; then options SKIP, ignore=columns, pkey=columns, backup, deny, when=EXPR,
-- ev_type|ev_data|ev_extra1..4=EXPR. EXPR is SQL over the row's columns.
-- ev_type I, U, D or R; ev_data the statement after the table's name (INSERT: "(columns) values (values)",
-- UPDATE: "column=value,... where key=value and ...", DELETE: "key=value and ..."), without generated columns.
-- ev_extra1 schema.table; ev_extra2 with option backup the row before an UPDATE.
-- Columns _pgq_ev_type, _pgq_ev_data, _pgq_ev_extra1..4 hold the fields of the event.
-- Errors: see _trigger_options and _trigger_row.
begin
    if tg_op = 'TRUNCATE' then
        perform pgq._trigger_truncate('sql', tg_when, tg_relid, tg_argv);
        return null;
    end if;
    return case when not pgq._trigger_row(
        'sql', tg_op, tg_when, tg_level, tg_relid, tg_argv, coalesce(new, old), coalesce(old, new)) then coalesce(new, old) end;
end
$$;

create or replace function pgq.logutriga() returns trigger
language plpgsql volatile
as $$
-- Trigger function: a changed row becomes an event with urlencoded columns as data.
-- Arguments: the queue's name; then options SKIP, ignore=columns, pkey=columns, backup, deny, when=EXPR,
-- ev_type|ev_data|ev_extra1..4=EXPR. EXPR is SQL over the row's columns.
-- ev_type I:key,... U:key,... D:key,... or R; ev_data "column=value&column=value", null being a name without "=".
-- ev_extra1 schema.table; ev_extra2 with option backup the row before an UPDATE.
-- Columns _pgq_ev_type, _pgq_ev_data, _pgq_ev_extra1..4 hold the fields of the event.
-- Errors: see _trigger_options and _trigger_row.
begin
    if tg_op = 'TRUNCATE' then
        perform pgq._trigger_truncate('url', tg_when, tg_relid, tg_argv);
        return null;
    end if;
    return case when not pgq._trigger_row(
        'url', tg_op, tg_when, tg_level, tg_relid, tg_argv, coalesce(new, old), coalesce(old, new)) then coalesce(new, old) end;
end
$$;

create or replace function pgq.jsontriga() returns trigger
language plpgsql volatile
as $$
-- Trigger function: a changed row becomes an event with a JSON object as data.
-- Arguments: the queue's name; then options SKIP, ignore=columns, pkey=columns, backup, deny, when=EXPR,
-- ev_type|ev_data|ev_extra1..4=EXPR. EXPR is SQL over the row's columns.
-- ev_type {"op":"INSERT","table":["schema","name"],"pkey":["column"]}; ev_data {"column":value,...}: truth values and
-- integers as they are, everything else as strings.
-- ev_extra1 schema.table; ev_extra2 with option backup the row before an UPDATE.
-- Columns _pgq_ev_type, _pgq_ev_data, _pgq_ev_extra1..4 hold the fields of the event.
-- Errors: see _trigger_options and _trigger_row.
begin
    if tg_op = 'TRUNCATE' then
        perform pgq._trigger_truncate('json', tg_when, tg_relid, tg_argv);
        return null;
    end if;
    return case when not pgq._trigger_row(
        'json', tg_op, tg_when, tg_level, tg_relid, tg_argv, coalesce(new, old), coalesce(old, new)) then coalesce(new, old) end;
end
$$;
