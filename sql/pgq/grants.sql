-- Rights. The roles pgq_reader, pgq_writer and pgq_admin get the rights they have in PgQ 3.5. A role that may not
-- create roles can install without the missing ones; the owner of schema pgq may do everything anyway.

create or replace function pgq._grant_perms_from(src_schema text, src_table text, dst_schema text, dst_table text) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
-- Copies the rights of roles other than the owner from one table to another.
-- Returns how many rights were granted.
-- Errors: 42P01 no such table.
declare
    v_src   regclass := format('%I.%I', src_schema, src_table)::regclass;
    v_dst   regclass := format('%I.%I', dst_schema, dst_table)::regclass;
    g       record;
    v_count integer := 0;
begin
    for g in
        select a.privilege_type, case a.grantee when 0 then 'public' else a.grantee::regrole::text end as grantee,
               case when a.is_grantable then ' with grant option' else '' end as option
        from pg_class, aclexplode(relacl) a
        where oid = v_src and a.grantee <> relowner
    loop
        execute format('grant %s on %s to %s%s', g.privilege_type, v_dst, g.grantee, g.option);
        v_count := v_count + 1;
    end loop;
    return v_count;
end
$$;

create or replace function pgq.grant_perms(x_queue_name text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
-- Grants the usual rights on a queue's tables and sequences: on the tables those of pgq.event_template,
-- reading the sequences to all, drawing event numbers to pgq_admin.
-- Returns 1.
-- Errors: 42704 no such queue.
declare
    q      pgq.queue := pgq._get_queue(x_queue_name);
    v_base text := split_part(q.queue_data_pfx, '.', 2);
begin
    execute format('grant select on sequence %s, %s to public', q.queue_event_seq, q.queue_tick_seq);
    if to_regrole('pgq_admin') is not null then
        execute format('grant usage on sequence %s to pgq_admin', q.queue_event_seq);
    end if;
    perform pgq._grant_perms_from('pgq', 'event_template', 'pgq', v_base);
    for i in 0 .. q.queue_ntables - 1 loop
        perform pgq._grant_perms_from('pgq', 'event_template', 'pgq', v_base || '_' || i);
    end loop;
    return 1;
end
$$;

do $$
declare
    v_role text;
begin
    foreach v_role in array array['pgq_reader', 'pgq_writer', 'pgq_admin'] loop
        if to_regrole(v_role) is null then
            begin
                execute format('create role %I', v_role);
            exception
                when insufficient_privilege or duplicate_object or unique_violation then
                    null;  -- the right is missing, or another session creates the role now
            end;
        end if;
    end loop;
    if to_regrole('pgq_reader') is not null and to_regrole('pgq_writer') is not null
       and to_regrole('pgq_admin') is not null
       and not (pg_has_role('pgq_admin', 'pgq_reader', 'member') and pg_has_role('pgq_admin', 'pgq_writer', 'member')) then
        begin
            grant pgq_reader, pgq_writer to pgq_admin;
        exception
            when insufficient_privilege then
                null;  -- the roles belong to another role
        end;
    end if;
end
$$;

grant usage on schema pgq to public;
grant select on pgq.queue, pgq.tick, pgq.consumer, pgq.subscription to public;
revoke execute on all functions in schema pgq from public;
grant execute on function
    pgq.version(), pgq.implementation(), pgq._age(timestamptz), pgq.quote_fqname(text), pgq.seq_getval(text),
    pgq.get_queue_info(), pgq.get_queue_info(text),
    pgq.get_consumer_info(), pgq.get_consumer_info(text), pgq.get_consumer_info(text, text),
    -- What triggers need in addition to pgq.insert_event, which is the right that decides.
    pgq._trigger_options(text, text, text, oid, text[]), pgq._columns(oid), pgq._urlencode(text),
    pgq._row_values(anyelement, text[], oid[], boolean), pgq._row_expression(anyelement, oid, text),
    pgq._encode_row(text, text[], text[], text[]), pgq._event_type(text, text, oid, text[]), pgq._plain_name(oid),
    pgq._statement_tail(text, text[], text[], text[], text[], text[]),
    pgq._trigger_row(text, text, text, text, oid, text[], anyelement, anyelement),
    pgq._trigger_truncate(text, text, oid, text[])
to public;

do $$
declare
    v_role    text;
    v_rights  text;
begin
    for v_role, v_rights in
        values
        ('pgq_reader', 'select on table pgq.queue, pgq.tick, pgq.consumer, pgq.subscription, pgq.event_template'),
        ('pgq_reader', 'execute on function
            pgq.batch_event_sql(bigint), pgq.batch_event_tables(bigint), pgq._batch_sql(bigint, text),
            pgq.find_tick_helper(integer, bigint, timestamptz, bigint, bigint, interval),
            pgq.register_consumer(text, text), pgq.register_consumer_at(text, text, bigint),
            pgq.unregister_consumer(text, text),
            pgq.next_batch(text, text), pgq.next_batch_info(text, text),
            pgq.next_batch_custom(text, text, interval, integer, interval),
            pgq._next_batch(text, text, interval, integer, interval, bigint, bigint),
            pgq.receive_batch(text, text, bigint, bigint, bigint, integer),
            pgq.get_batch_events(bigint), pgq.get_batch_info(bigint),
            pgq.get_batch_cursor(bigint, text, integer), pgq.get_batch_cursor(bigint, text, integer, text),
            pgq.event_retry(bigint, bigint, timestamptz), pgq.event_retry(bigint, bigint, integer),
            pgq.batch_retry(bigint, integer), pgq.finish_batch(bigint), pgq.force_tick(text)'),
        ('pgq_writer', 'execute on function
            pgq.insert_event(text, text, text), pgq.insert_event(text, text, text, text, text, text, text),
            pgq.current_event_table(text), pgq._get_queue(text),
            pgq.sqltriga(), pgq.logutriga(), pgq.jsontriga()'),
        ('pgq_admin', 'select, insert, update, delete on table
            pgq.queue, pgq.tick, pgq.consumer, pgq.subscription, pgq.retry_queue'),
        ('pgq_admin', 'select, insert, truncate on table pgq.event_template'),
        ('pgq_admin', 'execute on all functions in schema pgq')
    loop
        if to_regrole(v_role) is not null then
            execute format('grant %s to %I', v_rights, v_role);
        end if;
    end loop;
end
$$;

-- Existing queues get new rights and storage options.
select pgq.grant_perms(queue_name), pgq.tune_storage(queue_name) from pgq.queue;
select pgq.upgrade_schema();
