create schema if not exists londiste;
create table if not exists londiste.upgrade (nr integer primary key, name text not null);
create table if not exists londiste.thing as select 1 as nr;
