WITH told AS MATERIALIZED (
    SELECT
        decode(k.batch, 'hex') AS batch_id, k.succeeded, k.failed, k.cancelled, k.quarantined, k.finished_at_us
    FROM json_to_recordset($2::json) AS k (
        batch text, succeeded bigint, failed bigint, cancelled bigint, quarantined bigint, finished_at_us bigint
    )
    ORDER BY batch_id
),
held AS MATERIALIZED (
    SELECT k.*
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT 1
        FROM batch_counters AS x
        WHERE x.org_id = $1 AND x.batch_id = k.batch_id
        FOR NO KEY UPDATE
    ) AS n
)
UPDATE batch_counters AS n
SET
    succeeded = n.succeeded + h.succeeded,
    failed = n.failed + h.failed,
    cancelled = n.cancelled + h.cancelled,
    quarantined = n.quarantined + h.quarantined,
    last_finished_at_us = greatest(n.last_finished_at_us, h.finished_at_us)
FROM held AS h
WHERE n.org_id = $1 AND n.batch_id = h.batch_id
