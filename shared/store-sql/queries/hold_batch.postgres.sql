-- Behind the gate, as everybody who changes the row.
WITH held AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(public.gate($1, $2))
)
SELECT c.batch_id
FROM held
CROSS JOIN LATERAL (
    SELECT x.batch_id
    FROM batch_controls AS x
    WHERE x.org_id = $1 AND x.batch_id = $2
    FOR NO KEY UPDATE
) AS c
