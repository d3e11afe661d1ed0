-- What a table is replicated as: partitions by time, and how long they are kept.
alter table londiste.subscriber_table add column if not exists partition_column text;
alter table londiste.subscriber_table add column if not exists partition_period text;
alter table londiste.subscriber_table add column if not exists retention text;
alter table londiste.subscriber_table add column if not exists kept_since text;
-- It has more parameters.
drop function if exists londiste.subscriber_map_table(text, text, text, text[], text[], text[], text[], text[], text, text, text);
-- Its result has a column more.
drop function if exists londiste.begin_batch(text, text, text[]);
