-- Schema londiste belongs to its owner alone: its tables say what is replicated, its functions make triggers.
-- Who writes to a captured table needs no right on it.

revoke all on schema londiste from public;
revoke all on all tables in schema londiste from public;
revoke all on all functions in schema londiste from public;

-- Whoever may use the schema must see whether it is the one that his program knows.
grant execute on function londiste.version() to public;

-- Who may tick may compare, with no more than reading the tables that are compared.
do $$
begin
  if to_regrole('pgq_admin') is not null then
    grant usage on schema londiste to pgq_admin;
    grant execute on function londiste.snapshot_tick(text), londiste.table_shape(text), londiste.get_table(text),
      londiste.find_table(text), londiste.canonical(text), londiste.parse_name(text), londiste.fqname(text, text), londiste.fqname(oid),
      londiste.key_columns(oid), londiste.base_type(oid) to pgq_admin;
  end if;
end
$$;
