-- What goes on in the shop. Each part is one transaction, chosen at random by the weight before its name.

-- 20 money moves between two accounts
with pair as (
  select a.id as source, b.id as target, a.amount
  from (select 1 + floor(random() * 100)::int as id, (1 + random() * 50)::numeric(14, 2) as amount) a,
    (select 1 + floor(random() * 100)::int as id) b
  where a.id <> b.id
), moved as (
  update shop.account set balance = balance + case id when source then -amount else amount end
  from pair where id in (source, target)
)
insert into shop.transfer (source, target, amount) select source, target, amount from pair;

-- 20 a customer orders, which takes goods from stock
with placed as (
  insert into shop."Order" (customer_id, courier_id, "Ship to", note)
  select id, 1 + floor(random() * 20)::int, jsonb_build_object('name', name, 'price', 1.50), repeat('x', (random() * 300)::int)
  from shop.customer where id >= (select floor(random() * max(id)) from shop.customer) order by id limit 1
  returning id
), goods as (
  select sku, price, row_number() over () as line from shop.product tablesample bernoulli (1) limit 5
), lines as (
  insert into shop.order_line (order_id, line, sku, quantity, price)
  select placed.id, goods.line, sku, 1, price from placed, goods
)
update shop.stock set quantity = quantity - 1, counted = clock_timestamp()
where warehouse = 1 and sku in (select sku from goods);

-- 10 orders move on
update shop."Order" set state = case state when 'new' then 'paid' when 'paid' then 'sent' else 'returned' end::shop.order_state
where id in (
  select id from shop."Order" where id >= (select floor(random() * max(id)) from shop."Order") order by id limit 5
);

-- 6 a customer comes, with an address that refers back
with person as (
  insert into shop.customer (email, name, tags, profile)
  values (gen_random_uuid() || '@example.org', E'N\u00e4me "quoted", {x}', array['new', null], '{"a": {"b": [1, 2.50, null]}}')
  returning id
)
insert into shop.address (customer_id, lines) select id, array['Street', E'Town\\'] from person;
update shop.customer c set home_id = a.id
from shop.address a where a.customer_id = c.id and c.home_id is null and c.id = (select max(id) from shop.customer);

-- 4 a customer leaves, and all that was theirs
delete from shop.customer where id = (
  select id from shop.customer where id >= (select floor(random() * max(id)) from shop.customer) order by id limit 1
);

-- 4 a product has another number: a key that changes, here and in what refers to it
update shop.product set sku = 'SKU-' || md5(random()::text) where sku = (
  select sku from shop.product where sku > 'SKU-' || floor(random() * 10) order by sku limit 1
);

-- 3 prices of a whole category
update shop.product set price = round((price * 1.03) % 5000, 2), weight = random(), picture = decode(md5(random()::text), 'hex')
where category_id = 1 + floor(random() * 40)::int;

-- 6 stock is counted: upserts
insert into shop.stock (warehouse, sku, quantity)
select 1 + floor(random() * 5)::int, sku, 100 from shop.product tablesample bernoulli (2)
on conflict (warehouse, sku) do update set quantity = excluded.quantity, counted = clock_timestamp();

-- 3 lines get other numbers: a key of two columns that changes
update shop.order_line set line = line + 100 where order_id = (
  select id from shop."Order" where id >= (select floor(random() * max(id)) from shop."Order") order by id limit 1
);

-- 8 many visits at once
insert into shop.visit (day, page, took)
select date '2026-02-01' + (random() * 240)::int, '/page/' || n, make_interval(secs => random() * 100)
from generate_series(1, 1 + (random() * 50)::int) n;

-- 3 visits move to another partition
update shop.visit set day = date '2026-02-01' + (random() * 240)::int where id in (
  select id from shop.visit where id >= (select floor(random() * max(id)) from shop.visit) order by id limit 5
);

-- 1 visits written to a partition directly
insert into shop.visit_summer (day, page) select date '2026-07-01', 'direct' from generate_series(1, 3);
delete from shop.visit_summer where id = (select min(id) from shop.visit_summer);

-- 4 two shelves change places: unique values that pass each other
with pair as (
  select a.id as one, b.id as other, a.place as one_place, b.place as other_place
  from shop.shelf a join shop.shelf b on b.id = 1 + (a.id + 6) % 50
  where a.id = (select 1 + floor(random() * 50)::int)
)
update shop.shelf set place = case id when one then other_place else one_place end
from pair where id in (one, other);

-- 4 a gift card is used, made or replaced
insert into shop."Gift ""cards"", all"
values ('no ' || floor(random() * 50), floor(random() * 100)::int, nullif(repeat('ö', (random() * 3)::int), ''))
on conflict ("Card No") do update set "select" = excluded."select" + 1;
delete from shop."Gift ""cards"", all" where "Card No" = 'no ' || (select floor(random() * 50));
update shop."Gift ""cards"", all" set "Card No" = 'moved ' || random()
where "Card No" = (select 'no ' || floor(random() * 50));

-- 5 things go into baskets
insert into shop.basket (items) select json_build_array(n, random(), null) from generate_series(1, 3) n;

-- 1 all baskets are emptied
truncate shop.basket;

-- 5 readings come in, are corrected and go
insert into shop.reading (fine, coarse, exact, raw, took, valid, bits, host, grid, seen, said)
select random(), random(), random()::numeric ^ 3, decode(md5(random()::text), 'hex'), make_interval(secs => random()),
  daterange(current_date, current_date + n), b'0101', '192.168.0.1', array[[n, null], [n, n]], clock_timestamp(), repeat('y', n)
from generate_series(1, 3) n;
update shop.reading set fine = -fine, took = -took, said = null where id in (select id from shop.reading limit 2);
delete from shop.reading where id = (select id from shop.reading where said is null order by id desc limit 1);

-- 5 a transaction that thinks better of a part of it
savepoint part;
update shop.account set balance = balance - 500 where id = 1;
delete from shop."Order" where id = (select max(id) from shop."Order");
rollback to part;
update shop.account set owner = 'owner ' || floor(random() * 1000) where id = 1 + floor(random() * 100)::int;
savepoint other;
insert into shop.basket (items) values ('{"kept": true}');
release other;

-- 5 a transaction that comes to nothing
update shop.account set balance = 0 where id <= 10;
insert into shop.basket (items) values ('{"kept": false}');
delete from shop.stock where warehouse = 2 and sku < 'SKU-2';
rollback;

-- 1 a transaction that takes its time
insert into shop.basket (items) values ('{"slow": 1}');
select pg_sleep(random() * 0.7);
update shop.courier set name = 'Courier ' || random(), paid_per = paid_per + interval '1 day 0.1 seconds'
where id = 1 + floor(random() * 20)::int;
insert into shop.basket (items) values ('{"slow": 2}');

-- 1 categories are hung elsewhere
update shop.category set parent_id = 1 + floor(random() * id / 2)::int, path = path || ('moved ' || random())
where id = 2 + floor(random() * 38)::int and cardinality(path) < 10;

-- 2 couriers come and go
insert into shop.courier (name, paid_per) values ('Extra', '1 mon -1 days');
delete from shop.courier where id > 20 and id < (select max(id) from shop.courier);

-- 2 what is old is put away
delete from shop."Order" where id in (select id from shop."Order" order by id limit 10);
delete from shop.visit where id in (select id from shop.visit order by id limit 60);
delete from shop.transfer where id in (select id from shop.transfer order by id limit 8);
