WITH told AS MATERIALIZED (
    SELECT decode(k.run, 'hex') AS run_id, k.fence
    FROM json_to_recordset($2::json) AS k (run text, fence bigint)
    WHERE k.run = k.run || ''
    ORDER BY run_id
),
held AS MATERIALIZED (
    SELECT k.run_id
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT 1
        FROM runs AS x
        WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.fence = k.fence AND x.status || '' = 'running'
        FOR NO KEY UPDATE
    ) AS r
)
UPDATE runs AS r
SET status = 'pending', lease_until_us = NULL, available_at_us = public.now_us(), fence = r.fence + 1
FROM held AS h
WHERE r.org_id = $1 AND r.run_id = h.run_id
RETURNING r.run_id, r.fence - 1 AS fence
