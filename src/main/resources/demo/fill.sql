-- The rows that the shop has before anything happens.

insert into shop.account (id, owner, balance)
select n, 'owner ' || n, 1000 from generate_series(1, 100) n;

insert into shop.category (parent_id, name, path)
select nullif(n / 4, 0), 'category ' || n, array['all', 'category ' || n] from generate_series(1, 40) n;

insert into shop.customer (email, name, born, tags, profile)
select 'c' || n || '@example.org', 'Customer ' || n, date '1960-01-01' + n, array['tag ' || n % 7, 'a "b", {c}'],
  jsonb_build_object('visits', n, 'likes', jsonb_build_array('a', null, 1.50))
from generate_series(1, 2000) n;

insert into shop.address (customer_id, lines, place)
select id, array['Street ' || id, null, E'Town\nCountry'], point(id % 90, 0.1 * (id % 180)) from shop.customer;

update shop.customer c set home_id = a.id from shop.address a where a.customer_id = c.id;

insert into shop.courier (name, paid_per, on_duty)
select 'Courier ' || n, make_interval(months => n, secs => 0.25 * n),
  tstzrange(timestamptz '2026-01-01 00:00+00' + make_interval(days => n), null)
from generate_series(1, 20) n;

insert into shop.product (sku, category_id, price, weight, box, sizes, picture)
select 'SKU-' || n, n % 40 + 1, n / 7.0, n / 3.0, row(n, n * 2, 'mm, "exact"')::shop.size, array[n, null, -n],
  decode(md5(n::text), 'hex')
from generate_series(1, 500) n;

insert into shop.stock (warehouse, sku, quantity)
select w, sku, 100 from generate_series(1, 3) w cross join shop.product;

insert into shop."Order" (customer_id, courier_id, state, "Ship to")
select n % 2000 + 1, nullif(n % 21, 0), (enum_range(null::shop.order_state))[n % 4 + 1], jsonb_build_object('n', n)
from generate_series(1, 3000) n;

insert into shop.order_line (order_id, line, sku, quantity, price)
select o.id, l, 'SKU-' || (o.id * 7 + l) % 500 + 1, l, l * 9.99 from shop."Order" o cross join generate_series(1, 3) l;

insert into shop.visit (day, customer_id, page, took)
select date '2026-02-01' + n % 240, n % 2000 + 1, '/page/' || n % 100, make_interval(secs => n / 1000.0)
from generate_series(1, 20000) n;

insert into shop."Gift ""cards"", all" values ('0-0-0', 0, null), (' ', 1, ''), ('it''s "mine"', 2, 'groß');

insert into shop.shelf select n, n, 'shelf ' || n from generate_series(1, 50) n;

insert into shop.basket (items) select json_build_array(n, 'x') from generate_series(1, 200) n;

insert into shop.reading (fine, coarse, exact, raw, took, valid, bits, host, grid, seen, said) values
  ('NaN', 'Infinity', 'NaN', '\x00ff', '1 year 2 mons -3 days 04:05:06.789', '[2026-01-01,2026-02-01)', b'101', '10.0.0.1/8',
   '[0:1]={1,2}', 'infinity', E'tab\tback\\slash "quote" ''single'' \u00e9'),
  (0.1 + 0.2, 1e-30, 12345678901234567890.000100, '', '-00:00:00.000001', 'empty', b'', '::1', '{}', '-infinity', ''),
  (-0.0, 3.4e38, 0.00, null, '-178000000 years', '(,)', null, null, '{{1,2},{3,null}}', '4713-01-01 00:00:00 BC', null);

analyze;
