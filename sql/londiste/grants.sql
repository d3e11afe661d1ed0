-- Schema londiste belongs to its owner alone: its tables say what is replicated, its functions make triggers.
-- Who writes to a captured table needs no right on it.

revoke all on schema londiste from public;
revoke all on all tables in schema londiste from public;
revoke all on all functions in schema londiste from public;
