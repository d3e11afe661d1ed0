-- What a table is replicated as: only some operations, one shard of its rows, a function instead of rows. The tables of scripts
-- are made by tables.sql.
alter table londiste.subscriber_table add column if not exists operations text[];
alter table londiste.subscriber_table add column if not exists shard text;
alter table londiste.subscriber_table add column if not exists shard_sql text;
alter table londiste.subscriber_table add column if not exists apply_function text;
-- It has more parameters.
drop function if exists londiste.subscriber_map_table(text, text, text, text[], text[], text[], text[]);
-- What step 011 did not have in its first form:
alter table londiste.subscriber_table add column if not exists last_comparison json;
drop function if exists londiste.check_written(text[], text[]);
