-- A run that comes back to a batch that has ended meanwhile would wait for ever. The control rows are locked, in order and behind
-- their gates: else a cancel that is under way would not see the run come back, nor this the cancel. Not shared: who sends runs
-- back may go on to pause their batch, and of two that share the row neither could.
WITH told AS MATERIALIZED (
    SELECT DISTINCT decode(k.run, 'hex') AS run_id
    FROM json_array_elements_text($2::json) AS k (run)
    WHERE k.run = k.run || ''
    ORDER BY run_id
),
waiting AS MATERIALIZED (
    SELECT k.run_id, r.batch_id
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT x.batch_id
        FROM runs AS x
        WHERE
            x.org_id = $1 AND x.run_id = k.run_id AND x.batch_id IS NOT NULL AND x.status || '' IN ('pending', 'queued')
        OFFSET 0
    ) AS r
),
gates AS MATERIALIZED (
    SELECT w.batch_id, pg_advisory_xact_lock(public.gate($1, w.batch_id))
    FROM (SELECT DISTINCT d.batch_id FROM waiting AS d ORDER BY d.batch_id) AS w
),
controls AS MATERIALIZED (
    SELECT g.batch_id, c.status
    FROM gates AS g
    CROSS JOIN LATERAL (
        SELECT x.status
        FROM batch_controls AS x
        WHERE x.org_id = $1 AND x.batch_id = g.batch_id
        FOR NO KEY UPDATE
    ) AS c
),
ended AS MATERIALIZED (
    SELECT w.run_id
    FROM waiting AS w
    JOIN controls AS c ON c.batch_id = w.batch_id
    WHERE c.status IN ('cancelled', 'failed')
)
UPDATE runs AS r
SET
    status = 'cancelled',
    error_code = 'BATCH_ENDED',
    finished_at_us = public.now_us(),
    -- As in commit_runs.
    recorded_at_us = greatest(
        public.now_us(),
        1 + (SELECT s.ends_at_us FROM segments AS s WHERE s.org_id = $1 ORDER BY s.segment DESC LIMIT 1)
    )
FROM ended AS e
WHERE r.org_id = $1 AND r.run_id = e.run_id AND r.status || '' IN ('pending', 'queued')
RETURNING r.batch_id, r.status, r.finished_at_us
