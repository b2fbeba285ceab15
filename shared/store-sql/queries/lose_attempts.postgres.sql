WITH told AS MATERIALIZED (
    SELECT DISTINCT decode(k.run, 'hex') AS run_id
    FROM json_array_elements_text($2::json) AS k (run)
    WHERE k.run = k.run || ''
    ORDER BY run_id
),
held AS MATERIALIZED (
    SELECT a.run_id, a.fence
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT x.run_id, x.fence
        FROM attempts AS x
        WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.outcome IS NULL
        ORDER BY x.fence
        FOR NO KEY UPDATE
    ) AS a
)
UPDATE attempts AS a
SET outcome = 'lost', finished_at_us = public.now_us()
FROM held AS h
WHERE a.org_id = $1 AND a.run_id = h.run_id AND a.fence = h.fence
