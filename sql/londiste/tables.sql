-- Schema londiste: what is replicated, and the positions. The same on provider and subscriber; each side uses its part.
-- Every table name is written by londiste.fqname().

create schema if not exists londiste;

-- Steps of upgrade/, each applied once.
create table if not exists londiste.upgrade (
  nr    integer     not null primary key,
  name  text        not null,
  at    timestamptz not null default now()
);

-- Provider: the tables whose changes are captured into a queue.
create table if not exists londiste.provider_table (
  nr            serial not null,
  queue_name    text   not null,
  table_name    text   not null,
  trigger_name  text   not null,
  capture       text,           -- what its capture function was made for (londiste.capture_print)
  relation      oid,            -- the table when its capture was last refreshed
  members       oid[],          -- it and the tables below it that may have rows, at that time
  marks         text[],         -- what shows whether its capture was interrupted since (londiste.capture_marks)
  primary key (queue_name, table_name)
);

-- Provider: the sequences whose values are replicated.
create table if not exists londiste.provider_seq (
  nr          serial not null,
  queue_name  text   not null,
  seq_name    text   not null,
  primary key (queue_name, seq_name)
);

-- Subscriber: the tables that are replicated here, and the state of each.
create table if not exists londiste.subscriber_table (
  nr             serial  not null,
  queue_name     text    not null,
  table_name     text    not null,
  snapshot       text,
  merge_state    text,                           -- null: new; in-copy, catching-up, wanna-sync:T, do-sync:T, ok
  trigger_name   text,
  skip_truncate  boolean not null default false, -- the copy keeps the rows that are there
  reason         text,                           -- why the table is stopped; null: it is not
  source_table   text,                           -- the provider's table; null: that of the same name
  where_sql      text,                           -- replicates only rows for which this is true; null: all
  columns        text[],                         -- replicates only these columns; null: all
  set_columns    text[],                         -- columns that have the value of an expression instead of their own; null: none
  set_sql        text[],                         -- the expressions, in the same order
  needs          text[],                         -- the provider's columns that where_sql and set_sql use; null: none
  operations     text[],                         -- replicates only changes by these: insert, update, delete, truncate; null: all
  shard          text,                           -- replicates only this shard, COLUMN,COLUMN:NUMBER/PARTS; null: all
  shard_sql      text,                           -- the condition for its rows; null: none
  apply_function text,                           -- hands changes to this function, named as SQL writes it; null: they are written
  partition_column text,                         -- makes partitions by ranges of this column when rows need them; null: none
  partition_period text,                         -- hour, day, week, month or year: what a partition has
  retention      text,                           -- drops partitions that are older than this interval; null: none
  kept_since     text,                           -- only rows from this time on, an SQL constant; null: all
  last_comparison json,                          -- time, outcome, numbers of rows and differences, note; null: none since its copy
  primary key (queue_name, table_name)
);

-- Subscriber: the sequences that are replicated here.
create table if not exists londiste.subscriber_seq (
  nr          serial not null,
  queue_name  text   not null,
  seq_name    text   not null,
  reason      text,                              -- why the sequence does not follow the provider's; null: it does
  primary key (queue_name, seq_name)
);

-- Subscriber: the last tick that is applied, written in the transaction that applied it.
create table if not exists londiste.completed (
  consumer_id   text   not null primary key,
  last_tick_id  bigint not null,
  error         text,                            -- why the batch after it could not be applied; null: no error
  tick_mark     text                             -- number, time and event of that tick; null: not known
);

-- Subscriber: the consumers that hold a table's position in the queue while it is copied and catches up. A job removes
-- only those that it has recorded here.
create table if not exists londiste.copy_consumer (
  consumer_id  text not null primary key,
  job_id       text not null,                    -- the consumer of the job's replay
  queue_name   text not null,
  table_name   text not null,
  unique (job_id, queue_name, table_name)
);

-- Subscriber: foreign keys that are dropped until both their tables are in sync.
-- A constraint's name is unique only within its table, so the table is part of the key.
create table if not exists londiste.subscriber_pending_fkeys (
  from_table  text not null,
  to_table    text not null,
  fkey_name   text not null,
  fkey_def    text not null,                     -- the statement that creates it again
  fkey_add    text,                              -- the same, without a check of the rows; null: it is created in one step
  fkey_check  text,                              -- a query for a row that violates it; null: not known
  reason      text,                              -- why it could not be restored; null: its tables are on their way, or it was not tried yet
  primary key (from_table, fkey_name)
);

-- Subscriber: triggers that are dropped while the table is replicated.
create table if not exists londiste.subscriber_pending_triggers (
  table_name    text not null,
  trigger_name  text not null,
  trigger_def   text not null,                   -- the statements that create it again
  primary key (table_name, trigger_name)
);

-- Subscriber: the progress of the last copy of each table, for display only. A crash may empty it.
create unlogged table if not exists londiste.copy_progress (
  queue_name  text        not null,
  table_name  text        not null,
  step        text        not null,              -- rows, indexes, done
  rows        bigint      not null default 0,
  bytes       bigint      not null default 0,    -- as the text of COPY
  total_rows  bigint,                            -- estimate of the provider's statistics; null: unknown
  started     timestamptz not null default clock_timestamp(),
  updated     timestamptz not null default clock_timestamp(),
  primary key (queue_name, table_name)
);

-- Subscriber: the tick where a consumer is to wait while tables are compared.
create table if not exists londiste.barrier (
  consumer_id  text        not null primary key,
  tick_id      bigint      not null,
  expires      timestamptz not null
);

-- Provider: the scripts that were executed and sent to the subscribers.
create table if not exists londiste.provider_script (
  queue_name   text        not null,
  script_name  text        not null,
  tables       text,                             -- only for subscribers with all of these tables; null: for all
  executed     timestamptz not null default clock_timestamp(),
  primary key (queue_name, script_name)
);

-- Subscriber: what was done with the provider's scripts.
create table if not exists londiste.subscriber_script (
  queue_name   text        not null,
  script_name  text        not null,
  outcome      text        not null,             -- executed, skipped, not needed
  recorded     timestamptz not null default clock_timestamp(),
  primary key (queue_name, script_name)
);

-- A batch looks for tables that are not in sync, and for those that are being handed over: neither takes longer if many tables are.
create index if not exists subscriber_table_name on londiste.subscriber_table (table_name) where merge_state is distinct from 'ok';
create index if not exists subscriber_table_sync on londiste.subscriber_table (queue_name) where merge_state like '%sync:%';
