-- Why a consumer cannot apply its next batch.
alter table londiste.completed add column if not exists error text;
