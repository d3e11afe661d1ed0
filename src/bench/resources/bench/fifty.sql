-- Fifty tables.
do $$ begin
  for n in 1 .. 50 loop
    execute format('create table t%s (id int primary key, a int not null, b text not null, c numeric(10,2))', n);
  end loop;
end $$;
create table done (id int primary key);
