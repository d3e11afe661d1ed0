-- Why a sequence does not follow the provider's.
alter table londiste.subscriber_seq add column if not exists reason text;
