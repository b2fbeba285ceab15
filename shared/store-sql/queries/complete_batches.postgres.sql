-- Of batches that are held.
WITH told AS MATERIALIZED (
    SELECT DISTINCT decode(k.batch, 'hex') AS batch_id
    FROM json_array_elements_text($2::json) AS k (batch)
    ORDER BY batch_id
),
full_batches AS MATERIALIZED (
    SELECT k.batch_id
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT 1
        FROM batch_counters AS x
        WHERE
            x.org_id = $1 AND x.batch_id = k.batch_id
            AND x.succeeded + x.failed + x.cancelled + x.quarantined = x.cells
        OFFSET 0
    ) AS n
)
UPDATE batch_controls AS c
SET status = 'completed', pause_reason = NULL, reason = NULL, changed_by = 'stet', changed_at_us = $3
FROM full_batches AS f
WHERE c.org_id = $1 AND c.batch_id = f.batch_id AND c.status = 'running'
RETURNING c.batch_id
