-- Sets them on the subscriber; a row for each whose reason not to go on has changed.
select seq_name, coalesce('stops: ' || reason, 'goes on') as reason
from londiste.subscriber_set_sequences(:#CamelPgqQueue, cast(:#${variable.values} as json))
