insert into acc select i, 0, 'account ' || i, timestamptz '2026-01-01' + i * interval '1 s' from generate_series(1, 300000) as i;

-- Transactions of four statements, of which about three find a row; the same in every run.
create procedure load(first int, transactions int) language plpgsql as $$
begin
  for t in first .. first + transactions - 1 loop
    update acc set balance = balance + t % 100, changed = changed + interval '1 min' where id = 1 + (t::bigint * 7919) % 300000;
    update acc set note = 'note of ' || t where id = 1 + (t::bigint * 104729) % 300000;
    insert into acc values (300000 + t, t % 50, null, timestamptz '2026-02-01' + t * interval '1 s');
    delete from acc where id = 300000 + t - 500 and t % 3 = 0;
    commit;
  end loop;
end
$$;
