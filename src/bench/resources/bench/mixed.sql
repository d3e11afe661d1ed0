-- Two tables of an ordinary application, and a load that changes them.
create table account (id int primary key, name text not null, balance numeric(12,2) not null, changed timestamptz not null);
create table entry (id bigint primary key, account int not null, amount numeric(10,2) not null, note text, made timestamptz not null);
create table done (id int primary key);
