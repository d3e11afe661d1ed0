-- What identifies a tick beyond its number: after a fail-over another tick may have that.
alter table londiste.completed add column if not exists tick_mark text;
