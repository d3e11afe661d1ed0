-- Which consumers belong to a job's copies. Those of earlier versions are identified by their positions: such a consumer is
-- named after the job and a table of the job. Those without a position yet, of unfinished copies, are recorded by the
-- replay when it continues with their tables.
insert into londiste.copy_consumer (consumer_id, job_id, queue_name, table_name)
select copy.consumer_id, job.consumer_id, t.queue_name, t.table_name
  from londiste.subscriber_table as t
 cross join londiste.completed as job
  join londiste.completed as copy on copy.consumer_id = job.consumer_id || '_copy_' || t.table_name
    on conflict do nothing;
