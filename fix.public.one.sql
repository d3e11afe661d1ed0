begin;
insert into "public"."one" ("id", "v") values ('1', 'v');
insert into "public"."one" ("id", "v") values ('2', 'v');
commit;
