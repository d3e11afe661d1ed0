-- Tables and sequences of PgQ, named and typed as in PgQ 3.5. Running this file again changes nothing.

do $$
begin
    -- A schema pgq of another implementation is used as it is; nothing is installed over it.
    if exists (select from pg_catalog.pg_namespace where nspname = 'pgq')
       and to_regclass('pgq.queue') is not null
       and to_regprocedure('pgq.implementation()') is null then
        raise exception 'schema pgq of database "%" holds another implementation of PgQ', current_database()
            using errcode = 'duplicate_schema',
                  hint = 'It can be used as it is; nothing has to be installed over it.';
    end if;
end
$$;

create schema if not exists pgq;

-- Consumers. One row for each name, shared by all queues.
create table if not exists pgq.consumer (
    co_id    serial not null,
    co_name  text   not null,
    constraint consumer_pkey primary key (co_id),
    constraint consumer_name_uq unique (co_name)
);

-- One row for each queue: where its events are, when to tick, the state of rotation.
create table if not exists pgq.queue (
    queue_id                  serial      not null,
    queue_name                text        not null,
    queue_ntables             integer     not null default 3,
    queue_cur_table           integer     not null default 0,
    queue_rotation_period     interval    not null default '2 hours',
    queue_switch_step1        bigint      not null default txid_current(),
    queue_switch_step2        bigint               default txid_current(),
    queue_switch_time         timestamptz not null default now(),
    queue_external_ticker     boolean     not null default false,
    queue_disable_insert      boolean     not null default false,
    queue_ticker_paused       boolean     not null default false,
    queue_ticker_max_count    integer     not null default 500,
    queue_ticker_max_lag      interval    not null default '3 seconds',
    queue_ticker_idle_period  interval    not null default '1 minute',
    queue_per_tx_limit        integer,
    queue_data_pfx            text        not null,
    queue_event_seq           text        not null,
    queue_tick_seq            text        not null,
    queue_extra_maint         text[],
    queue_asleep              boolean     not null default false,  -- the original has no such column
    constraint queue_pkey primary key (queue_id),
    constraint queue_name_uq unique (queue_name)
);

-- Positions in a queue's stream, each with a snapshot. The events between two ticks are those that the
-- later snapshot sees and the earlier one does not.
create table if not exists pgq.tick (
    tick_queue      integer       not null,
    tick_id         bigint        not null,
    tick_time       timestamptz   not null default now(),
    tick_snapshot   txid_snapshot not null default txid_current_snapshot(),
    tick_event_seq  bigint        not null,
    constraint tick_pkey primary key (tick_queue, tick_id),
    constraint tick_queue_fkey foreign key (tick_queue) references pgq.queue (queue_id)
);

-- One row: the database cluster whose transaction ids ticks, events and queues hold. See pgq._require_cluster.
create table if not exists pgq.cluster (
    system_identifier bigint not null,
    print             text   not null   -- oids of these tables, see pgq._cluster_print
);

create sequence if not exists pgq.batch_id_seq;

-- The position of each consumer on each queue. sub_batch and sub_next_tick are set while a batch is open.
create table if not exists pgq.subscription (
    sub_id         serial      not null,
    sub_queue      integer     not null,
    sub_consumer   integer     not null,
    sub_last_tick  bigint,
    sub_active     timestamptz not null default now(),
    sub_batch      bigint,
    sub_next_tick  bigint,
    constraint subscription_pkey primary key (sub_queue, sub_consumer),
    constraint subscription_batch_idx unique (sub_batch),
    constraint sub_queue_fkey foreign key (sub_queue) references pgq.queue (queue_id),
    constraint sub_consumer_fkey foreign key (sub_consumer) references pgq.consumer (co_id)
);

-- The template of event tables. pgq.event_<n> inherits from it for a queue, pgq.event_<n>_<i> inherit that and hold the rows.
create table if not exists pgq.event_template (
    ev_id      bigint      not null,
    ev_time    timestamptz not null,
    ev_txid    bigint      not null default txid_current(),
    ev_owner   integer,
    ev_retry   integer,
    ev_type    text,
    ev_data    text,
    ev_extra1  text,
    ev_extra2  text,
    ev_extra3  text,
    ev_extra4  text
);

-- Events that a consumer is to get again later. ev_owner is that consumer's sub_id.
create table if not exists pgq.retry_queue (
    ev_retry_after  timestamptz not null,
    ev_queue        integer     not null,
    ev_id           bigint      not null,
    ev_time         timestamptz not null,
    ev_txid         bigint,
    ev_owner        integer     not null,
    ev_retry        integer,
    ev_type         text,
    ev_data         text,
    ev_extra1       text,
    ev_extra2       text,
    ev_extra3       text,
    ev_extra4       text,
    constraint rq_pkey primary key (ev_owner, ev_id),
    constraint rq_queue_id_fkey foreign key (ev_queue) references pgq.queue (queue_id)
);
create index if not exists rq_retry_idx on pgq.retry_queue (ev_retry_after);
