-- Foreign keys are created without a check of their rows, which follows without holding up the replay.
alter table londiste.subscriber_pending_fkeys add column if not exists fkey_add text;
alter table londiste.subscriber_pending_fkeys add column if not exists fkey_check text;
alter table londiste.subscriber_pending_fkeys add column if not exists reason text;
-- Replaced by londiste.replay_owns().
drop function if exists londiste.subscriber_drop_loose_fkeys(text);
-- Its result has a column more.
drop function if exists londiste.subscriber_get_fkey_list(text);
