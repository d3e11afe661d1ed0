-- Identifies a tick beyond its number: after a fail-over a different tick may have the same number.
alter table londiste.completed add column if not exists tick_mark text;
