-- The sequences of the queue that are registered on the subscriber, as the text of an array; 'none' if there are none.
select coalesce(cast(array_agg(seq_name) as text), 'none')
from londiste.subscriber_seq where queue_name = :#CamelPgqQueue
