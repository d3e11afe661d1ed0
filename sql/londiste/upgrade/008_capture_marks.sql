-- Shows whether the capture of a table was interrupted, for example by disabled triggers.
alter table londiste.provider_table add column if not exists marks text[];
-- The functions with these signatures have another argument or result now.
drop function if exists londiste.capture_branches(text, text, oid);
drop function if exists londiste.make_capture(text, text, oid, text);
drop function if exists londiste.capture_triggers(text, oid);
