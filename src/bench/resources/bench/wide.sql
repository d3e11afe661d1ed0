-- Rows of 2 kB, with three indexes in addition to the key.
create table wide (id int primary key, kind int not null, made timestamptz not null, code text not null, text text not null);
create index on wide (kind);
create index on wide (made);
create index on wide (code);
create table done (id int primary key);
