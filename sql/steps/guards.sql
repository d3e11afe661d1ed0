-- Has partitions guarded that have come to guarded tables.
select londiste.maint_guards(:#${properties:pgq_queue_name})
