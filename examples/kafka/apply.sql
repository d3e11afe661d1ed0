-- For the database that is to receive the changes; its tables exist already.
create or replace function parsed(target regclass, texts jsonb) returns jsonb
language sql stable
as $$
-- The row with the texts in columns of type json and jsonb parsed: PgQ's triggers write the values of such columns as texts.
select texts || coalesce(
    (select jsonb_object_agg(a.attname, (texts->>a.attname)::jsonb)
     from pg_attribute a join pg_type t on t.oid = a.atttypid
     where a.attrelid = target and a.attnum > 0 and not a.attisdropped
       and coalesce(nullif(t.typbasetype, 0), t.oid) in ('json'::regtype, 'jsonb'::regtype)
       and jsonb_typeof(texts->a.attname) = 'string'), '{}')
$$;

create or replace function apply_record(table_name text, row_key jsonb, change jsonb, json_texts boolean) returns void
language plpgsql
as $$
-- Writes one record of Kafka into its table. A record that comes again does no harm, as long as those of its key follow again, too.
-- table_name  schema.table, without quotes
-- row_key     the primary key as it is after the change
-- change      the change; null: the row of this key was deleted
-- json_texts  whether PgQ's triggers have written it, whose values of type json and jsonb are texts
-- Errors: 0A000 the change is a TRUNCATE.
declare
    target  regclass := format('%I.%I', split_part(table_name, '.', 1), substr(table_name, strpos(table_name, '.') + 1));
    keys    text := (select string_agg(quote_ident(name), ', ') from jsonb_object_keys(row_key) name);
    given   jsonb := nullif(change->'after', 'null');
    fresh   jsonb := case when json_texts then parsed(target, given) else given end;
    columns text := (select string_agg(quote_ident(name), ', ') from jsonb_object_keys(given) name);
begin
    if change->>'operation' = 'TRUNCATE' then
        raise exception 'table % was truncated on the provider', target
            using errcode = 'feature_not_supported',
                  detail = 'The rows that were inserted later may be here already.',
                  hint = 'Truncate the table here and on the provider at a time without changes, and skip this record.';
    elsif change is null then
        execute format('delete from %s where (%s) = (select %2$s from jsonb_populate_record(null::%1$s, $1))', target, keys)
        using row_key;
    else
        execute format('insert into %s (%s) select %2$s from jsonb_populate_record(null::%1$s, $1)'
                || ' on conflict (%3$s) do update set (%2$s) = row(%4$s)',
            target, columns, keys, (select string_agg('excluded.' || quote_ident(name), ', ') from jsonb_object_keys(given) name))
        using fresh;
    end if;
end
$$;
