-- One writer: who is in a transaction that writes holds every key.
SELECT $1 IS NOT NULL AND $2 IS NOT NULL AS held
