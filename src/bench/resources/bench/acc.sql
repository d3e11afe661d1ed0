-- One table whose rows are spread: each is changed about once.
create table acc (id int primary key, balance numeric(12,2) not null, note text, changed timestamptz not null);
create table beat (id int primary key);
create table done (id int primary key);
