insert into account
select i, 'account ' || i, 0, timestamptz '2026-01-01' + i * interval '1 s' from generate_series(1, 10000) as i;

-- Transactions with four changes each, to an existing row and to new ones; the same in every run.
create procedure load(first int, transactions int) language plpgsql as $$
declare
  a int;
begin
  for t in first .. first + transactions - 1 loop
    a := 1 + (t::bigint * 7919) % 10000;
    update account set balance = balance + t % 100, changed = changed + interval '1 min' where id = a;
    insert into entry values (2::bigint * t, a, t % 100, 'entry of ' || t, timestamptz '2026-02-01' + t * interval '1 s');
    insert into entry values (2::bigint * t + 1, a, -(t % 50), null, timestamptz '2026-02-01' + t * interval '1 s');
    delete from entry where id = 2::bigint * (t - 500);
    commit;
  end loop;
end
$$;
