-- Capture functions are made again, so that no name can leave a comment in them; see capture.sql.
drop function if exists londiste.custom_json(oid);
-- These got another argument.
drop function if exists londiste.capture_shape(regclass);
-- What was captured when maintenance was last here, so that it notices what has changed since.
alter table londiste.provider_table add column if not exists relation oid;
alter table londiste.provider_table add column if not exists members oid[];
