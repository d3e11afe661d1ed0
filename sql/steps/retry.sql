select pgq.maint_retry_events() as moved
