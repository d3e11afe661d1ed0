-- The sequences of the queue that the subscriber follows, as an array's text; 'none' if there are none.
select coalesce(cast(array_agg(seq_name) as text), 'none')
from londiste.subscriber_seq where queue_name = :#CamelPgqQueue
