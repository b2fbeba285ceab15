-- The gates of batches that are about to pause, in the order of their ids, before their counters: who calls one off takes them in that order.
SELECT pg_advisory_xact_lock(public.gate($1, b.batch_id))
FROM (
    SELECT DISTINCT decode(k.batch, 'hex') AS batch_id
    FROM json_array_elements_text($2::json) AS k (batch)
    ORDER BY batch_id
) AS b
