-- What a capture function was made for, so that maintenance can quickly check that it is up to date.
alter table londiste.provider_table add column if not exists capture text;
drop function if exists londiste.refresh_capture(text, text);
