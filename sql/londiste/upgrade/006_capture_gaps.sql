-- Capture functions are made again, so that no name can break out of a comment in them; see capture_function.sql.
drop function if exists londiste.custom_json(oid);
-- The functions with these signatures were replaced by ones with another argument.
drop function if exists londiste.capture_shape(regclass);
-- What was captured when maintenance last ran, so that it notices what has changed since.
alter table londiste.provider_table add column if not exists relation oid;
alter table londiste.provider_table add column if not exists members oid[];
