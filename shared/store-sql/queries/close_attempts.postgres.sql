WITH told AS MATERIALIZED (
    SELECT decode(k.run, 'hex') AS run_id, k.fence, k.finished_at_us, k.outcome, k.error_code, k.error_detail
    FROM json_to_recordset($2::json) AS k (
        run text, fence bigint, finished_at_us bigint, outcome text, error_code text, error_detail text
    )
    WHERE k.run = k.run || ''
    ORDER BY run_id, fence
),
held AS MATERIALIZED (
    SELECT k.*
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT 1
        FROM attempts AS x
        WHERE
            x.org_id = $1 AND x.run_id = k.run_id AND x.fence = k.fence
            AND (x.outcome IS NULL OR (x.outcome = 'lost' AND k.outcome = 'fenced'))
        FOR NO KEY UPDATE
    ) AS a
)
UPDATE attempts AS a
SET
    finished_at_us = h.finished_at_us,
    outcome = h.outcome,
    error_code = h.error_code,
    error_detail = h.error_detail
FROM held AS h
WHERE a.org_id = $1 AND a.run_id = h.run_id AND a.fence = h.fence
