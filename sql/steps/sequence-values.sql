-- The values of these sequences on the provider.
select cast(json_agg(v) as text)
from londiste.sequence_values(:#CamelPgqQueue, cast(:#${variable.names} as text[])) as v
