WITH told AS MATERIALIZED (
    SELECT k.*
    FROM unnest($2::bytea[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])
        AS k (run_id, fence, finished_at_us, outcome, error_code, error_detail)
    WHERE k.run_id = k.run_id || ''
    ORDER BY k.run_id, k.fence
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
