-- Why a consumer does not get on.
alter table londiste.completed add column if not exists error text;
