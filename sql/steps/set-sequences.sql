-- Sets the sequences on the subscriber; returns a row for each that was stopped or resumes.
select seq_name, coalesce('is stopped: ' || reason, 'resumes') as reason
from londiste.subscriber_set_sequences(:#CamelPgqQueue, cast(:#${variable.values} as json))
