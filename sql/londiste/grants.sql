-- Only its owner may use schema londiste: its tables define what is replicated, its functions create triggers.
-- Roles that write to captured tables need no privilege on it.

revoke all on schema londiste from public;
revoke all on all tables in schema londiste from public;
revoke all on all functions in schema londiste from public;

-- Nothing that other roles do with captured or guarded tables may fail because of the triggers: see londiste.make_capture(),
-- londiste.guard().
do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'londiste'::regnamespace and p.prorettype = 'trigger'::regtype loop
    execute format('grant execute on function %s to public', f);
  end loop;
end
$$;

-- A role that may use the schema must be able to check its version.
grant execute on function londiste.version() to public;

-- Roles that may create ticks may also compare; in addition they only need SELECT on the compared tables.
do $$
begin
  if to_regrole('pgq_admin') is not null then
    grant usage on schema londiste to pgq_admin;
    grant execute on function londiste.snapshot_tick(text), londiste.table_shape(text), londiste.get_table(text),
      londiste.find_table(text), londiste.canonical(text), londiste.parse_name(text), londiste.fqname(text, text), londiste.fqname(oid),
      londiste.key_columns(oid), londiste.base_type(oid), londiste.shape_mark(oid) to pgq_admin;
  end if;
end
$$;
