-- Each transaction changes four of the tables.
create procedure load(first int, transactions int) language plpgsql as $$
begin
  for t in first .. first + transactions - 1 loop
    for k in 0 .. 3 loop
      execute format('insert into t%s values ($1, $2, $3, $4) on conflict (id) do update set a = excluded.a, c = excluded.c',
                     1 + (t * 7 + k * 13) % 50) using (t / 3) % 5000, t, 'row of ' || t, t % 1000 / 10.0;
    end loop;
    commit;
  end loop;
end
$$;
