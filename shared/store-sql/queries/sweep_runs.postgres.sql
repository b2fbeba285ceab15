-- A run that another sweeper or its own worker holds just now is left to them. It keeps its place: with a new one it would wait behind all
-- that its batch has never tried. Only where its next crash is the last it does wait behind them: such runs begin one at a time, and as many as an offer holds
-- would keep from it what could begin beside them.
WITH told AS MATERIALIZED (
    SELECT DISTINCT decode(k.run, 'hex') AS run_id
    FROM json_array_elements_text($2::json) AS k (run)
    WHERE k.run = k.run || ''
    ORDER BY run_id
),
held AS MATERIALIZED (
    SELECT k.run_id
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT 1
        FROM runs AS x
        WHERE
            x.org_id = $1 AND x.run_id = k.run_id AND x.status || '' = 'running'
            AND x.lease_until_us <= (SELECT public.now_us()) AND x.crash_count + 1 < $3
        FOR UPDATE SKIP LOCKED
    ) AS r
)
UPDATE runs AS r
SET
    status = 'pending',
    lease_until_us = NULL,
    available_at_us = CASE WHEN r.crash_count + 2 >= $3 THEN public.now_us() ELSE r.available_at_us END,
    crash_count = r.crash_count + 1
FROM held AS h
WHERE r.org_id = $1 AND r.run_id = h.run_id
RETURNING r.run_id
