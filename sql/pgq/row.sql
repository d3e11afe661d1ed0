-- How the trigger functions of triggers.sql convert rows: values, expressions over them, and the forms of events.

create or replace function pgq._columns(in i_relid oid, out names text[], out types oid[], out generated boolean[])
language plpgsql stable
as $$
-- The columns of a table, in its order; without virtual generated ones, which a trigger's row does not have.
-- Errors: 42703 there is a column _pgq_ev_... that names no field of an event.
declare
    v_bad text;
begin
    select pg_catalog.array_agg(attname::text order by attnum), pg_catalog.array_agg(atttypid order by attnum),
           pg_catalog.array_agg(attgenerated <> '' order by attnum)
    into names, types, generated
    from pg_catalog.pg_attribute
    where attrelid = i_relid and attnum > 0 and not attisdropped and attgenerated <> 'v';

    select n into v_bad
    from pg_catalog.unnest(names) n
    where n ~ '^_pgq_ev_' and n !~ '^_pgq_ev_(type|data|extra[1-4])$';
    if found then
        raise exception 'table %: column % does not name a field of an event', i_relid::pg_catalog.regclass, v_bad
            using errcode = 'undefined_column';
    end if;
end
$$;

create or replace function pgq._row_values(i_row anyelement, i_names text[], i_types oid[], i_json boolean) returns text[]
language plpgsql stable
as $$
-- The values of a row's columns, each as its type prints it; with i_json as JSON: truth values, integers and dates as
-- to_json does, everything else as a string with the type's output.
declare
    v_values text[];
begin
    execute 'select array[' || (
            select pg_catalog.string_agg(pg_catalog.format(
                case
                    when not i_json then 'case when ($1).%1$I is distinct from null then pg_catalog.format(''%%s'', ($1).%1$I) end'
                    when t in ('boolean'::regtype, 'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype,
                               'pg_catalog.date'::regtype, 'timestamp'::regtype, 'pg_catalog.timestamptz'::regtype)
                    then 'coalesce(pg_catalog.to_json(($1).%1$I)::text, ''null'')'
                    else 'case when ($1).%1$I is distinct from null'
                         || ' then pg_catalog.to_json(pg_catalog.format(''%%s'', ($1).%1$I))::text else ''null'' end'
                end, n), ', ' order by i)
            from unnest(i_names, i_types) with ordinality c (n, t, i)) || ']::text[]'
        into v_values
        using i_row;
    return v_values;
end
$$;

create or replace function pgq._row_expression(i_row anyelement, i_relid oid, i_expression text) returns text
language plpgsql volatile
as $$
-- The value of an SQL expression over a row's columns, as its type prints it. An empty expression gives null.
begin
    if pg_catalog.btrim(i_expression) = '' then
        return null;
    end if;
    execute pg_catalog.format('select case when x is distinct from null then pg_catalog.format(''%%s'', x) end'
            || ' from (select (%s) as x from (select ($1).*) as %I) e',
            i_expression, (select relname from pg_catalog.pg_class where oid = i_relid))
        into strict i_expression
        using i_row;
    return i_expression;
end
$$;

create or replace function pgq._urlencode(i_text text) returns text
language sql stable strict
as $$
-- Text as application/x-www-form-urlencoded: letters, digits, _ . - stay, a space is +, other bytes are %xx.
select case when i_text !~ '[^A-Za-z0-9_.-]' then i_text else (
    select pg_catalog.string_agg(
        case
            when c = ' ' then '+'
            when c ~ '[A-Za-z0-9_.-]' then c
            else pg_catalog.regexp_replace(pg_catalog.encode(pg_catalog.convert_to(c, pg_catalog.getdatabaseencoding()),
                    'hex'), '(..)', E'%\\1', 'g')
        end, '' order by i)
    from pg_catalog.regexp_split_to_table(i_text, '') with ordinality s (c, i)) end;
$$;

create or replace function pgq._encode_row(i_kind text, i_names text[], i_values text[], i_ignored text[]) returns text
language sql stable
as $$
-- A row as JSON object (i_kind json, the values are JSON) or urlencoded (otherwise), without ignored and magic columns.
select case i_kind
    when 'json' then
        '{' || coalesce(pg_catalog.string_agg(pg_catalog.to_json(n)::text || ':' || v, ',' order by i), '') || '}'
    else
        coalesce(pg_catalog.string_agg(pgq._urlencode(n) || coalesce('=' || pgq._urlencode(v), ''), '&' order by i), '')
    end
from unnest(i_names, i_values) with ordinality c (n, v, i)
where n <> all (i_ignored) and n !~ '^_pgq_ev_';
$$;

create or replace function pgq._statement_tail(
    i_op text, i_names text[], i_new text[], i_old text[], i_keys text[], i_ignored text[]) returns text
language plpgsql stable
as $$
-- The ev_data of sqltriga: a statement without its beginning (INSERT INTO t, UPDATE t SET, DELETE FROM t WHERE).
-- i_new, i_old   the row's values; for INSERT and DELETE both are the same row
-- i_ignored      columns left out, except in the condition
-- An UPDATE that changes nothing sets a key column to its present value.
-- Errors: 42703 none of the key's columns exists.
declare
    v_key text;
    v_set text;
begin
    if i_op = 'INSERT' then
        return (select '(' || pg_catalog.string_agg(pg_catalog.quote_ident(n), ',' order by i) || ') values ('
                        || pg_catalog.string_agg(coalesce(pg_catalog.quote_literal(v), 'null'), ',' order by i) || ')'
                from unnest(i_names, i_new) with ordinality c (n, v, i)
                where n <> all (i_ignored));
    end if;
    select pg_catalog.string_agg(pg_catalog.quote_ident(n) || coalesce('=' || pg_catalog.quote_literal(v), ' is null'),
            ' and ' order by i)
    into v_key
    from unnest(i_names, i_old) with ordinality c (n, v, i)
    where n = any (i_keys);
    if v_key is null then
        raise exception 'none of the key columns % is a column of the table', i_keys using errcode = 'undefined_column';
    end if;
    if i_op = 'DELETE' then
        return v_key;
    end if;
    select pg_catalog.string_agg(pg_catalog.quote_ident(n) || '=' || coalesce(pg_catalog.quote_literal(v), 'NULL'),
            ',' order by i)
    into v_set
    from unnest(i_names, i_new, i_old) with ordinality c (n, v, o, i)
    where v is distinct from o and n <> all (i_ignored);
    return coalesce(v_set,
            (select pg_catalog.quote_ident(n) || '=' || coalesce(pg_catalog.quote_literal(v), 'NULL')
             from unnest(i_names, i_new) with ordinality c (n, v, i)
             where n = any (i_keys)
             order by i
             limit 1)) || ' where ' || v_key;
end
$$;

create or replace function pgq._event_type(i_kind text, i_op text, i_relid oid, i_keys text[]) returns text
language sql stable
as $$
-- ev_type of a row's or a TRUNCATE's event.
select case i_kind
    when 'json' then
        pg_catalog.format('{"op":"%s","table":%s,"pkey":%s}', i_op,
            (select pg_catalog.array_to_json(array[n.nspname, c.relname])
             from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where c.oid = i_relid), pg_catalog.array_to_json(i_keys))
    else
        case i_op when 'TRUNCATE' then 'R' else
            pg_catalog.left(i_op, 1) || case i_kind when 'url' then ':' || pg_catalog.array_to_string(i_keys, ',') else '' end
        end
    end;
$$;
