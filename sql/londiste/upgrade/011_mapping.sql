-- What a table is replicated as: another name, some of its rows and columns, and expressions in place of columns.
alter table londiste.subscriber_table add column if not exists source_table text;
alter table londiste.subscriber_table add column if not exists where_sql text;
alter table londiste.subscriber_table add column if not exists columns text[];
alter table londiste.subscriber_table add column if not exists set_columns text[];
alter table londiste.subscriber_table add column if not exists set_sql text[];
alter table londiste.subscriber_table add column if not exists needs text[];
-- The last comparison of a table, of whichever process.
alter table londiste.subscriber_table add column if not exists last_comparison json;
-- It has a parameter more.
drop function if exists londiste.subscriber_add_table(text, text);
-- It has a parameter more.
drop function if exists londiste.check_written(text[], text[]);
-- Its result has a column more.
drop function if exists londiste.begin_batch(text, text, text[]);
