-- Texts that look random, so that they do not compress well; the same in every run.
create function text_of(n int) returns text language sql immutable as $$
  select string_agg(md5(n::text || ' ' || i), '') from generate_series(1, 62) as i
$$;

create procedure load(first int, transactions int) language plpgsql as $$
begin
  for t in first .. first + transactions - 1 loop
    insert into wide select t, t % 100, timestamptz '2026-01-01' + t * interval '1 s', md5(t::text), text_of(t);
    update wide set kind = kind + 1, code = md5(code) where id = 1 + (t::bigint * 7919) % t;
    commit;
  end loop;
end
$$;
