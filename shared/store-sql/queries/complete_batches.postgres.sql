WITH told AS MATERIALIZED (
    SELECT DISTINCT decode(k.batch, 'hex') AS batch_id
    FROM json_array_elements_text($2::json) AS k (batch)
    ORDER BY batch_id
),
full_batches AS MATERIALIZED (
    SELECT k.batch_id
    FROM told AS k
    JOIN batch_counters AS n ON n.org_id = $1 AND n.batch_id = k.batch_id
    JOIN batch_controls AS c ON c.org_id = $1 AND c.batch_id = k.batch_id
    WHERE c.status = 'running' AND n.succeeded + n.failed + n.cancelled + n.quarantined = n.cells
    ORDER BY k.batch_id
),
-- Who has ended cells has their counters locked, which who calls the batch off waits for: it must not wait for them in turn. Where somebody is
-- deciding on the batch, that stands, and what is left to complete is found by finished_batches.
gates AS MATERIALIZED (
    SELECT f.batch_id
    FROM full_batches AS f
    WHERE pg_try_advisory_xact_lock_shared(public.gate($1, f.batch_id))
),
held AS MATERIALIZED (
    SELECT g.batch_id
    FROM gates AS g
    CROSS JOIN LATERAL (
        SELECT 1
        FROM batch_controls AS x
        WHERE x.org_id = $1 AND x.batch_id = g.batch_id AND x.status = 'running'
        FOR NO KEY UPDATE
    ) AS c
)
UPDATE batch_controls AS c
SET status = 'completed', pause_reason = NULL, reason = NULL, changed_by = 'stet', changed_at_us = $3
FROM held AS h
WHERE c.org_id = $1 AND c.batch_id = h.batch_id
RETURNING c.batch_id
