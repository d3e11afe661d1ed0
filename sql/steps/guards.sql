-- Guards new partitions of guarded tables.
select londiste.maint_guards(:#${properties:pgq_queue_name})
